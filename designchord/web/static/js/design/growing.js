/** A design while its blueprint is written: what the server has read of it so far, and sends as live text of run 0. */
import { html, useMemo } from "../dom.js";
import { t } from "../i18n.js";
import { useStore } from "./store.js";

const SIGNS = { said: "✓", inferred: "~", undecided: "?" };
const ORDER = Object.keys(SIGNS);
const SHOWN_ON_CARD = 9;

/** Calls, one a line: `POST /loans # Borrow an item`. Lines of another form say something else. */
const CALL = /^(GET|POST|PUT|PATCH|DELETE) (\/\S*)[^#\n]*(?:# (.*))?$/gm;

/** @param {string} text @returns {{method: string, path: string, summary: string}[]} */
export const readCalls = (text) =>
  [...text.matchAll(CALL)].map(([, method, path, summary = ""]) => ({ method, path, summary }));

/**
 * Requirements in their order, each with the best of what is named for it so far; and how many things there are.
 * @param {string} text lines of JSON
 */
export function readRequirements(text) {
  const rows = new Map();
  let counts = {};
  for (const line of text.split("\n")) {
    let said;
    try {
      said = JSON.parse(line);
    } catch {
      continue; // the end of the last line has not come yet
    }
    if (said.counts) counts = said.counts;
    else if (said.text) rows.set(said.id, { id: said.id, text: said.text, grade: null, by: [] });
    else if (rows.has(said.id)) {
      const row = rows.get(said.id);
      row.by.push(said.by);
      if (row.grade === null || ORDER.indexOf(said.grade) < ORDER.indexOf(row.grade)) row.grade = said.grade;
    }
  }
  return { rows: [...rows.values()], counts };
}

function Sign({ grade }) {
  if (!grade) return html`<span class="grade" data-grade="none"><span class="sr">${t("matrix.none")}</span></span>`;
  const words = t(grade === "said" ? "growing.said" : `matrix.${grade}`);
  return html`<span class="grade" data-grade=${grade} title=${words}><span aria-hidden="true">${SIGNS[grade]}</span><span class="sr">${words}</span></span>`;
}

/** Every requirement, ticked off as soon as something says that it fulfils it. @param {{text: string}} props */
export function GrowingRequirements({ text }) {
  const { rows } = useMemo(() => readRequirements(text), [text]);
  return html`<div class="growing-requirements"><p class="hint">${t("growing.requirements")}</p>
    <ul class="plain">${rows.map(
      (row) =>
        html`<li key=${row.id}><${Sign} grade=${row.grade} /><code>${row.id}</code><span>${row.text} <span class="hint">${row.by.join(", ")}</span></span></li>`,
    )}</ul></div>`;
}

/** How many requirements are ticked off. */
export function GrowingReport({ text }) {
  const { rows } = useMemo(() => readRequirements(text), [text]);
  const said = rows.filter(({ grade }) => grade === "said").length;
  return html`<dl class="snippet numbers"><div><dt>${t("growing.covered")}</dt><dd>${said} / ${rows.length}</dd></div></dl>`;
}

/** How many things there are so far, as on the card of a blueprint that is there. @param {{live: LiveText}} props */
export function GrowingNumbers({ live }) {
  const text = useStore(live.storeOf("report"));
  const { counts } = useMemo(() => readRequirements(text), [text]);
  const names = ["requirements", "actors", "entities", "operations", "scenarios"];
  return html`<dl class="snippet numbers">${names.map(
    (name) => html`<div><dt>${t(`bp.${name}`)}</dt><dd>${counts[name] ?? 0}</dd></div>`,
  )}</dl>`;
}

/** The calls so far; on a card the newest of them. @param {{text: string, card?: boolean}} props */
export function GrowingCalls({ text, card = false }) {
  const calls = readCalls(text);
  const shown = card ? calls.slice(-SHOWN_ON_CARD) : calls;
  return html`<ul class=${card ? "snippet calls" : "plain growing-calls"}>${shown.map(
    ({ method, path, summary }, place) =>
      html`<li key=${place}><span class="method" data-method=${method.toLowerCase()}>${method}</span><code>${path}</code>${!card && html` <span class="summary">${summary}</span>`}</li>`,
  )}</ul>`;
}
