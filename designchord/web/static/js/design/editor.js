/** Edit a source by hand: checked by the server's own parser while typing, saved on a base, never lost. */
import { api } from "../api.js";
import { html, useEffect, useMemo, useRef, useState } from "../dom.js";
import { describeFailure } from "../failure.js";
import { t } from "../i18n.js";
import { showToast } from "../toast.js";
import { Icon } from "../icons.js";
import { Diff } from "./diff.js";
import { namesOf } from "./names.js";
import { ProblemList } from "./problems.js";
import { draftOf } from "./typed.js";
import { WritingField } from "./writing_field.js";

/** A check is asked for after twice the time that the last one took, so that who types asks no more than a server
 * can answer: of a short text at each letter, of a long one when typing pauses. */
const LEAST_WAIT_MS = 15;
const MOST_WAIT_MS = 350;

/** The findings for a text, asked for while it is typed. */
function useCheck(kind, source, first) {
  const [result, setResult] = useState({ problems: first, state: "checked" });
  const untouched = useRef(true);
  const took = useRef(0);
  useEffect(() => {
    if (untouched.current) {
      untouched.current = false;
      return undefined;
    }
    const abort = new AbortController();
    setResult((last) => ({ ...last, state: "checking" }));
    const timer = setTimeout(
      async () => {
        const begun = performance.now();
        try {
          const { problems } = await api.check(kind, source, abort.signal);
          took.current = performance.now() - begun;
          setResult({ problems, state: "checked" });
        } catch (error) {
          if (error.name !== "AbortError") setResult({ problems: [], state: "unchecked" });
        }
      },
      Math.min(MOST_WAIT_MS, Math.max(LEAST_WAIT_MS, 2 * took.current)),
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [kind, source]);
  return result;
}

function checkWords({ state, problems }) {
  if (state !== "checked") return t(`check.${state}`);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (errors) return t("check.errors", { n: errors });
  return problems.length ? t("check.warnings", { n: problems.length }) : t("check.clean");
}

/** Two versions came about at once: both are shown, the person decides, nothing is lost. */
function ConflictNotice({ mine, theirs, onKeepMine, onTakeTheirs }) {
  return html`<section class="notice warning" aria-label=${t("conflict.title")}>
    <div><strong>${t("conflict.title")}</strong><p>${t("conflict.text", { n: theirs.number })}</p>
      <div class="actions">
        <button class="button" type="button" onClick=${onKeepMine}>${t("conflict.keepMine")}</button>
        <button class="button" type="button" onClick=${onTakeTheirs}>${t("conflict.takeTheirs")}</button>
      </div>
      <details><summary>${t("conflict.compare")}</summary><${Diff} before=${theirs.source} after=${mine} /></details>
    </div>
  </section>`;
}

/** What one does most, always in sight; each also has its usual key. */
function Tools({ checked, depths, hand, busy, onSave, onDiscard }) {
  const tool = (name, icon, disabled) =>
    html`<button class="button quiet square" type="button" aria-label=${t(name)} title=${t(name)} disabled=${disabled} onClick=${() => hand.current?.[name]()}><${Icon} name=${icon} /></button>`;
  const wrong = checked.problems.some(({ severity }) => severity === "error");
  return html`<div class="editor-tools" role="toolbar" aria-label=${t("edit")}>
    ${tool("undo", "undo", !depths.undo)}${tool("redo", "redo", !depths.redo)}${tool("find", "search", false)}
    <span class="check-state" role="status" data-state=${checked.state} data-errors=${String(wrong)}>${checkWords(checked)}</span>
    <span class="actions">
      <button class="button quiet" type="button" onClick=${onDiscard}>${t("discard")}</button>
      <button class="button primary" type="button" aria-keyshortcuts="Control+S Meta+S" title=${t("writing.saveKey")} disabled=${busy} onClick=${onSave}>${t("save")}</button>
    </span>
  </div>`;
}

/** Its own sign for the key, whatever an input method makes of it. */
const isSaveKey = (event) => (event.ctrlKey || event.metaKey) && (event.key === "s" || event.code === "KeyS");

/**
 * @param {{designId: string, item: Made, items: Item[], onDone: () => void, onDraft: (source: string) => void,
 *   onSave?: (source: string, base: number) => Promise<boolean>}} props `onSave`: another way to save, and whether it was
 */
export function Editor({ designId, item, items, onDone, onDraft, onSave }) {
  const { revision } = item.artifact;
  const draft = draftOf(designId, item.key);
  const [source, setSource] = useState(() => draft.read()?.source ?? revision.source);
  const [base, setBase] = useState(() => draft.read()?.base ?? revision.number);
  const [saving, setSaving] = useState(false);
  const [depths, setDepths] = useState({ undo: 0, redo: 0 });
  const hand = useRef(/** @type {WritingHand | null} */ (null));
  const checked = useCheck(item.kind, source, revision.problems);
  const conflict = revision.number !== base;
  const plan = items.find(({ kind }) => kind === "blueprint")?.artifact?.revision.source ?? "";
  const names = useMemo(() => namesOf(plan), [plan]);

  const type = (text) => {
    setSource(text);
    draft.write({ source: text, base });
    onDraft(text);
  };
  const leave = () => {
    draft.clear();
    onDone();
  };
  const keepMine = () => {
    setBase(revision.number);
    draft.write({ source, base: revision.number });
  };
  const idle = saving || conflict || source === revision.source;
  const save = async () => {
    if (idle) return;
    setSaving(true);
    try {
      if (!onSave) {
        await api.save(designId, item, source, base);
        showToast(t("saved"));
      }
      if (!onSave || (await onSave(source, base))) leave();
    } catch (error) {
      showToast(error.status === 409 ? t("conflict.title") : describeFailure(error), { error: true });
    }
    setSaving(false);
  };
  const onKeyDown = (event) => {
    if (!isSaveKey(event)) return;
    event.preventDefault();
    save();
  };
  return html`<div class="editor" onKeyDown=${onKeyDown}>
    ${conflict && html`<${ConflictNotice} mine=${source} theirs=${revision} onKeepMine=${keepMine} onTakeTheirs=${leave} />`}
    <${Tools} checked=${checked} depths=${depths} hand=${hand} busy=${idle} onSave=${save} onDiscard=${leave} />
    <${WritingField} kind=${item.kind} text=${source} problems=${checked.problems} names=${names} hand=${hand} onText=${type} onDepths=${setDepths} />
    <${ProblemList} problems=${checked.problems} onLine=${(line) => hand.current?.goTo(line)} />
  </div>`;
}
