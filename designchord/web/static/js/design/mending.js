/** The one exact mend of a problem: seen before it happens, and taken back like any change. */
import { api } from "../api.js";
import { html, useEffect, useRef, useState } from "../dom.js";
import { attempt, describeFailure } from "../failure.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";
import { showToast } from "../toast.js";
import { ChangeDialog } from "./changes.js";
import { Diff } from "./diff.js";
import { keyOf } from "./store.js";

/**
 * A text with edits, which stand in the order of their lines; null where it is not the text that they were made for.
 * @param {string} source @param {{line: number, old: string[], new: string[]}[]} edits
 */
export function withEdits(source, edits) {
  const lines = source.split("\n");
  for (const { line, old, new: now } of [...edits].reverse()) {
    const found = lines.slice(line - 1, line - 1 + old.length);
    if (found.length !== old.length || found.some((text, at) => text !== old[at])) return null;
    lines.splice(line - 1, old.length, ...now);
  }
  return lines.join("\n");
}

/** A mend of one part's text: what it would be then. */
function TextDialog({ designId, fix, item, after, onClose }) {
  const dialog = useRef(null);
  const [busy, setBusy] = useState(false);
  const { revision } = item.artifact;
  useEffect(() => dialog.current.showModal(), []);
  const apply = async () => {
    setBusy(true);
    const done = await attempt(() => api.save(designId, item, after, revision.number));
    setBusy(false);
    if (!done) return;
    const undo = () => attempt(() => api.restore(designId, item, revision.number));
    showToast(t("change.done"), { action: t("undo"), onAction: undo });
    // With the problem its button is gone, and with that perhaps this dialog.
    dialog.current?.close();
  };
  return html`<dialog class="dialog change-dialog" ref=${dialog} aria-labelledby="fix-title" onClose=${onClose}>
    <header class="dialog-head"><h2 id="fix-title">${fix.message}</h2>
      <button class="button quiet square" type="button" aria-label=${t("close")} onClick=${() => dialog.current.close()}><${Icon} name="cross" /></button></header>
    <${Diff} before=${revision.source} after=${after} />
    <div class="actions"><button class="button primary" type="button" disabled=${busy} onClick=${apply}>${t("fix.apply")}</button></div>
  </dialog>`;
}

/** @param {{designId: string, fix: Mend, items: Item[]}} props */
export function MendButton({ designId, fix, items }) {
  const [proposal, setProposal] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const item = fix.edits && items.find(({ key }) => key === keyOf({ kind: fix.kind ?? "", part: fix.part ?? "" }));
  const ask = async () => {
    setBusy(true);
    try {
      if (fix.operations) setProposal(await api.change(designId, { operations: fix.operations }));
      else {
        const after = item?.artifact ? withEdits(item.artifact.revision.source, fix.edits ?? []) : null;
        if (after === null) showToast(t("fix.behind"), { error: true });
        setProposal(after === null ? null : { after });
      }
    } catch (error) {
      showToast(describeFailure(error), { error: true });
    }
    setBusy(false);
  };
  const close = () => setProposal(null);
  return html`<button class="button mend" type="button" disabled=${busy} onClick=${ask}><${Icon} name="spark" />${fix.message}</button>
    ${proposal?.operations && html`<${ChangeDialog} designId=${designId} proposal=${proposal} why=${fix.message} onDone=${close} onClose=${close} />`}
    ${proposal?.after !== undefined && html`<${TextDialog} designId=${designId} fix=${fix} item=${item} after=${proposal.after} onClose=${close} />`}`;
}
