/** A change of the blueprint, before it is made: what it means, and which of it is wanted; and taking it back. */
import { api } from "../api.js";
import { labelOf } from "../catalogue.js";
import { html, useEffect, useRef, useState } from "../dom.js";
import { SIGNS } from "../erd/heads.js";
import { attempt } from "../failure.js";
import { t, tOr } from "../i18n.js";
import { Icon } from "../icons.js";
import { showToast } from "../toast.js";
import { sayOperation, sayReasons, sayRefusal } from "./change_words.js";
import { Diagram } from "./diagram.js";

/** So long nothing else is ticked before its meaning is asked for. */
const PAUSE_MS = 120;

/** @param {Record<string, any>} operation as it is sent back */
function asSent(operation) {
  const { line: _line, needs: _needs, ...sent } = operation;
  return sent;
}

/**
 * What is chosen after one operation was ticked or left out: what follows from it goes along; what it needs is taken with
 * it, what needs it is left out with it.
 * @param {Record<string, any>[]} operations @param {number} place @param {Set<number>} chosen @param {boolean} wanted
 */
export function withTies(operations, place, chosen, wanted) {
  const next = new Set(chosen);
  const waiting = [place];
  const seen = new Set();
  while (waiting.length) {
    const at = /** @type {number} */ (waiting.pop());
    if (seen.has(at) || (at !== place && next.has(at) === wanted)) continue;
    seen.add(at);
    if (wanted) next.add(at);
    else next.delete(at);
    operations.forEach((one, other) => {
      const tied = wanted ? operations[at].needs?.includes(other) : one.needs?.includes(at);
      if (tied || one.because === at) waiting.push(other);
    });
  }
  return next;
}

function Operations({ proposal, chosen, onChosen }) {
  const [along, setAlong] = useState(0);
  const refused = new Map(proposal.refused.map((one) => [one.operation, sayRefusal(one, proposal.operations)]));
  const tick = (at, wanted) => {
    const next = withTies(proposal.operations, at, chosen, wanted);
    for (const place of refused.keys()) next.delete(place);
    setAlong(Math.abs(next.size - chosen.size) - 1);
    onChosen(next);
  };
  return html`<ul class="plain change-list">${proposal.operations.map(
    (one, at) => html`<li class=${one.because === undefined ? "" : "follows"}>
      <label><input type="checkbox" checked=${chosen.has(at)} disabled=${refused.has(at)}
        onChange=${(event) => tick(at, event.target.checked)} /> ${sayOperation(one)}</label>
      ${refused.has(at) && html`<p class="hint">${t("change.refused", { why: refused.get(at) })}</p>`}</li>`,
  )}</ul><p class="hint" role="status">${along > 0 ? t("change.along", { n: along }) : ""}</p>`;
}

/** Both sides of a place that was edited by hand and that the blueprint has otherwise. */
export const Sides = ({
  yours,
  theirs,
}) => html`<figure class="clash" data-side="yours"><figcaption>${t("change.yours")}</figcaption><pre>${yours}</pre></figure>
  <figure class="clash" data-side="theirs"><figcaption>${t("change.theirs")}</figcaption><pre>${theirs}</pre></figure>`;

function Clashes({ clashes }) {
  if (!clashes.length) return null;
  return html`<details><summary>${t("change.clashes", { n: clashes.length })}</summary>${clashes.map(
    (one) =>
      html`<p class="hint">${t("line", { n: one.line })}</p><${Sides} yours=${one.yours} theirs=${one.theirs} />`,
  )}</details>`;
}

/** What is drawn only when somebody wants to see it. */
function Folded({ summary, children }) {
  const [open, setOpen] = useState(false);
  return html`<details onToggle=${(event) => setOpen(event.currentTarget.open)}><summary>${summary}</summary>${open && children}</details>`;
}

/** New, gone or another: by a sign and a word, not by colour alone. */
const How = ({ how }) =>
  html`<span class="badge how" data-how=${how}><span aria-hidden="true">${SIGNS[how]}</span> ${t(`thing.${how}`)}</span>`;

function Pictures({ erd, stories }) {
  if (!erd && !stories.length) return null;
  return html`<section><h3>${t("view.picture")}</h3><p class="hint">${t("change.legend")}</p>
    ${erd && html`<${Folded} summary=${t("change.picture")}><div class="change-picture"><${Diagram} kind="erd" text=${erd.source} whole=${true} marks=${erd.marks} title=${t("change.picture")} /></div><//>`}
    ${
      stories.length > 0 &&
      html`<h4>${t("change.stories")}</h4>${stories.map(
        (one) =>
          html`<${Folded} key=${one.id} summary=${html`<${How} how=${one.how} /> ${one.title}`}><div class="change-picture"><${Diagram} kind="sequence" text=${one.source} whole=${true} title=${one.title} /></div><//>`,
      )}`
    }</section>`;
}

function Meaning({ preview }) {
  return html`
    ${preview.requirements.map((one) => html`<p class="notice warning">${t("change.unserved", { id: one.id, text: one.text })}</p>`)}
    ${
      preview.artifacts.length > 0 &&
      html`<section aria-labelledby="change-artifacts"><h3 id="change-artifacts">${t("change.artifacts")}</h3><ul class="plain">${preview.artifacts.map(
        (one) =>
          html`<li><span class="badge">${t(`change.how.${one.how}`)}</span> ${labelOf(one.kind)} ${one.part && one.title}${one.by_hand ? ` (${t("change.byHand")})` : ""}<${Clashes} clashes=${one.clashes} /></li>`,
      )}</ul></section>`
    }
    ${
      preview.api.length > 0 &&
      html`<section aria-labelledby="change-api"><h3 id="change-api">${t("change.api")}</h3><ul class="plain">${preview.api.map(
        (one) =>
          html`<li><${How} how=${one.how} /> <span class="badge" data-effect=${one.effect}>${t(`change.effect.${one.effect}`)}</span> <code>${one.method} ${one.path}</code> <span class="hint">${sayReasons(one)}</span></li>`,
      )}</ul></section>`
    }
    <${Pictures} erd=${preview.erd} stories=${preview.stories} />`;
}

/** What those that are chosen would mean, asked for again when others are. */
function usePreview(designId, proposal, chosen) {
  const [preview, setPreview] = useState(proposal.preview);
  const untouched = useRef(true);
  useEffect(() => {
    if (untouched.current) {
      untouched.current = false;
      return undefined;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      api.change(designId, wishFor(proposal, chosen), abort.signal).then(
        (found) => setPreview(found.preview),
        () => null,
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [chosen]);
  return preview;
}

const wishFor = (proposal, chosen) => ({
  operations: proposal.operations.map(asSent),
  exact: true,
  only: [...chosen].sort((a, b) => a - b),
});

/**
 * What a change means, and which of it is wanted. `request`: the one that a model has read it of; `whole`: another way to
 * carry out all of it.
 * @param {{designId: string, proposal: Proposal, why: string, request?: string, whole?: () => Promise<void>,
 *   onDone: () => void, onClose: () => void}} props
 */
export function ChangeDialog({ designId, proposal, why, request, whole, onDone, onClose }) {
  const dialog = useRef(null);
  const refused = new Set(proposal.refused.map((one) => one.operation));
  const [chosen, setChosen] = useState(
    () => new Set(proposal.operations.map((_, at) => at).filter((at) => !refused.has(at))),
  );
  const [busy, setBusy] = useState(false);
  const preview = usePreview(designId, proposal, chosen);
  useEffect(() => dialog.current.showModal(), []);
  const apply = async () => {
    setBusy(true);
    let left = /** @type {Proposal["refused"]} */ ([]);
    const done = await attempt(async () => {
      if (whole && chosen.size === proposal.operations.length) return whole();
      left = (await api.change(designId, { ...wishFor(proposal, chosen), apply: true, why, request })).refused;
    });
    setBusy(false);
    if (!done) return;
    const told = left.length ? t("change.partly", { n: left.length, why: sayRefusal(left[0], []) }) : t("change.done");
    showToast(told, { action: t("undo"), onAction: () => undoChange(designId) });
    dialog.current?.close(); // a request that was carried out is gone, and its dialog with it
    onDone();
  };
  return html`<dialog class="dialog change-dialog" ref=${dialog} aria-labelledby="change-title" onClose=${onClose}>
    <header class="dialog-head"><h2 id="change-title">${t("change.title")}</h2>
      <button class="button quiet square" type="button" aria-label=${t("close")} onClick=${() => dialog.current.close()}><${Icon} name="cross" /></button></header>
    <${Operations} proposal=${proposal} chosen=${chosen} onChosen=${setChosen} />
    ${chosen.size ? html`<${Meaning} preview=${preview} />` : html`<p class="hint">${t("change.none")}</p>`}
    <div class="actions"><button class="button primary" type="button" disabled=${busy || !chosen.size} onClick=${apply}>${t("change.apply", { n: chosen.size })}</button></div>
  </dialog>`;
}

export const undoChange = (designId, number) =>
  attempt(async () => {
    await api.undoChange(designId, number);
    showToast(t("change.undone"));
  });

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
      <ul class="plain">${one.operations.map((operation) => html`<li class=${operation.because === undefined ? "" : "follows"}>${sayOperation(operation)}</li>`)}</ul></details>
      ${!one.undone_by && html`<button class="link" type="button" onClick=${() => undoChange(designId, one.number)}>${t("undo")}</button>`}</li>`,
  )}</ol></details>`;
}
