/** A change of the blueprint, before it is made: what it means, and which of it is wanted; and taking it back. */
import { api } from "../api.js";
import { labelOf } from "../catalogue.js";
import { html, useEffect, useRef, useState } from "../dom.js";
import { attempt, describeFailure } from "../failure.js";
import { t, tOr } from "../i18n.js";
import { Icon } from "../icons.js";
import { showToast } from "../toast.js";
import { Diagram } from "./diagram.js";

/** @param {Record<string, any>} operation as it is sent back */
function withoutLine(operation) {
  const { line: _, ...sent } = operation;
  return sent;
}

/** An operation and what follows from it go and stay together. */
function withFollowers(operations, place, chosen, wanted) {
  const next = new Set(chosen);
  operations.forEach((one, at) => {
    if (at !== place && one.because !== place) return;
    if (wanted) next.add(at);
    else next.delete(at);
  });
  return next;
}

function Operations({ proposal, chosen, onChosen }) {
  const refused = new Map(proposal.refused.map((one) => [one.operation, one.message]));
  return html`<ul class="plain change-list">${proposal.operations.map(
    (one, at) => html`<li class=${one.because === undefined ? "" : "follows"}>
      <label><input type="checkbox" checked=${chosen.has(at)} disabled=${refused.has(at)}
        onChange=${(event) => onChosen(withFollowers(proposal.operations, at, chosen, event.target.checked))} /> <code>${one.line}</code></label>
      ${refused.has(at) && html`<p class="hint">${t("change.refused", { why: refused.get(at) })}</p>`}</li>`,
  )}</ul>`;
}

function Clashes({ clashes }) {
  if (!clashes.length) return null;
  return html`<details><summary>${t("change.clashes", { n: clashes.length })}</summary>${clashes.map(
    (one) =>
      html`<p class="hint">${t("line", { n: one.line })}</p><pre class="clash" data-side="yours">${one.yours}</pre><pre class="clash" data-side="theirs">${one.theirs}</pre>`,
  )}</details>`;
}

function Meaning({ preview }) {
  const marks = Object.entries(preview.erd?.marks ?? {});
  return html`
    ${preview.requirements.map((one) => html`<p class="notice warning">${t("change.unserved", { id: one.id, text: one.text })}</p>`)}
    ${
      preview.artifacts.length > 0 &&
      html`<section><h3>${t("change.artifacts")}</h3><ul class="plain">${preview.artifacts.map(
        (one) =>
          html`<li><span class="badge">${t(`change.how.${one.how}`)}</span> ${labelOf(one.kind)} ${one.part && one.title}${one.by_hand ? ` (${t("change.byHand")})` : ""}<${Clashes} clashes=${one.clashes} /></li>`,
      )}</ul></section>`
    }
    ${
      preview.api.length > 0 &&
      html`<section><h3>${t("change.api")}</h3><ul class="plain">${preview.api.map(
        (one) =>
          html`<li><span class="badge" data-effect=${one.effect}>${t(`change.effect.${one.effect}`)}</span> <code>${one.method} ${one.path}</code> <span class="hint">${t(`thing.${one.how}`)} ${one.because.join(" ")}</span></li>`,
      )}</ul></section>`
    }
    ${
      preview.erd &&
      html`<details><summary>${t("change.picture")}</summary><p class="hint">${marks.map(([name, how]) => `${name}: ${t(`thing.${how}`)}`).join(", ")}</p>
      <div class="change-picture"><${Diagram} kind="erd" text=${preview.erd.source} whole=${true} title=${t("change.picture")} /></div></details>`
    }`;
}

/**
 * @param {{designId: string, proposal: Proposal, why: string, onDone: () => void, onClose: () => void}} props
 */
export function ChangeDialog({ designId, proposal, why, onDone, onClose }) {
  const dialog = useRef(null);
  const refused = new Set(proposal.refused.map((one) => one.operation));
  const [chosen, setChosen] = useState(
    () => new Set(proposal.operations.map((_, at) => at).filter((at) => !refused.has(at))),
  );
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current.showModal(), []);
  const apply = async () => {
    setBusy(true);
    const body = {
      operations: proposal.operations.map(withoutLine),
      exact: true,
      only: [...chosen].sort((a, b) => a - b),
      apply: true,
      why,
    };
    const done = await attempt(() => api.change(designId, body));
    setBusy(false);
    if (!done) return;
    showToast(t("change.done"), { action: t("undo"), onAction: () => undoChange(designId) });
    dialog.current.close();
    onDone();
  };
  return html`<dialog class="dialog change-dialog" ref=${dialog} aria-labelledby="change-title" onClose=${onClose}>
    <header class="dialog-head"><h2 id="change-title">${t("change.title")}</h2>
      <button class="button quiet square" type="button" aria-label=${t("close")} onClick=${() => dialog.current.close()}><${Icon} name="cross" /></button></header>
    <${Operations} proposal=${proposal} chosen=${chosen} onChosen=${setChosen} />
    <${Meaning} preview=${proposal.preview} />
    <div class="actions"><button class="button primary" type="button" disabled=${busy || !chosen.size} onClick=${apply}>${t("change.apply", { n: chosen.size })}</button></div>
  </dialog>`;
}

export const undoChange = (designId, number) =>
  attempt(async () => {
    await api.undoChange(designId, number);
    showToast(t("change.undone"));
  });

/** Words for what should become different; what they mean is shown before anything happens. */
export function AskForChange({ designId }) {
  const [words, setWords] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [proposal, setProposal] = useState(null);
  const ask = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      setProposal(await api.change(designId, { words }));
    } catch (error) {
      setProblem(describeFailure(error));
    }
    setBusy(false);
  };
  return html`<form class="ask-change" onSubmit=${ask}>
    <label class="sr" for="ask-change">${t("change.ask")}</label>
    <input id="ask-change" class="input" type="text" value=${words} placeholder=${t("change.placeholder")} maxlength="10000" onInput=${(event) => setWords(event.target.value)} />
    <button class="button" type="submit" disabled=${busy || !words.trim()}>${t("change.preview")}</button>
    ${problem && html`<p class="notice warning" role="alert">${problem}</p>`}
    ${proposal && html`<${ChangeDialog} designId=${designId} proposal=${proposal} why=${words} onDone=${() => setWords("")} onClose=${() => setProposal(null)} />`}
  </form>`;
}

/** Who changed the blueprint, when and why, each to be taken back. `newest`: read again when this is another. */
export function ChangeHistory({ designId, newest }) {
  const [items, setItems] = useState([]);
  useEffect(() => {
    let gone = false;
    attempt(async () => {
      const found = await api.listChanges(designId);
      if (!gone) setItems(found.items);
    });
    return () => {
      gone = true;
    };
  }, [designId, newest]);
  if (!items.length) return null;
  return html`<details class="changes-made"><summary>${t("change.history", { n: items.length })}</summary><ol class="plain">${items.map(
    (
      one,
    ) => html`<li><details><summary>${t("revision", { n: one.number })} · ${tOr(`change.origin.${one.origin}`, one.origin)} ${one.why && `· ${one.why}`}
      ${one.undone_by ? html` <span class="badge">${t("change.undoneBy", { by: one.undone_by })}</span>` : null}</summary>
      <ul class="plain">${one.operations.map((operation) => html`<li class=${operation.because === undefined ? "" : "follows"}><code>${operation.line}</code></li>`)}</ul></details>
      ${!one.undone_by && html`<button class="link" type="button" onClick=${() => undoChange(designId, one.number)}>${t("undo")}</button>`}</li>`,
  )}</ol></details>`;
}
