/** The overview of a finished design is its brief: what it is, for whom, what is placed, and what is to be decided. */
import { isDrawn, keywordOf } from "../catalogue.js";
import { ConnectButton } from "../connect.js";
import { html, useState } from "../dom.js";
import { api } from "../api.js";
import { attempt } from "../failure.js";
import { formatDate } from "../format.js";
import { t } from "../i18n.js";
import { builtWords, useBuilt } from "./built.js";
import { readDecisions } from "./decisions.js";
import { titleOf } from "./items.js";
import { Thumbnail } from "./picture.js";
import { blueprintOf, listOf, word } from "./plan.js";
import { rehearsalWords } from "./rehearsal.js";
import { hrefOf } from "./route.js";

/** Where a requirement stands: what carries it out says so, not what repeats it. @param {Row} row */
function gradeOf(row) {
  if (row.grade !== undefined) return row.grade ?? "open";
  const grades = new Set(Object.values(row.cells ?? {}).map(({ grade }) => grade));
  if (grades.has("said")) return "said";
  if (grades.has("inferred")) return "inferred";
  return grades.has("undecided") ? "undecided" : "open";
}

/** Whether anything has to carry it out: a quality may well show nowhere but in the document. @param {Row} row */
const isAsked = (row) => row.grade !== null || Object.values(row.cells ?? {}).some(({ covered }) => covered === false);

const GRADES = ["said", "inferred", "undecided", "open"];

function Coverage({ design }) {
  const { report } = design;
  const built = useBuilt(design);
  const rows = (report?.matrix?.rows ?? []).filter((row) => !row.former && isAsked(row));
  if (!rows.length) return null;
  const counts = Map.groupBy(rows, gradeOf);
  const count = (grade) => counts.get(grade)?.length ?? 0;
  const width = (grade) => (element) => {
    if (element) element.style.flexGrow = String(count(grade));
  };
  return html`<section class="brief-block"><h2 class="brief-title"><a href=${hrefOf("report")}>${t("coverage.title", { n: count("said"), all: rows.length })}</a></h2>
    <div class="coverage" aria-hidden="true">${GRADES.filter(count).map((grade) => html`<span key=${grade} data-grade=${grade} ref=${width(grade)}></span>`)}</div>
    <ul class="coverage-words">${GRADES.filter(count).map((grade) => html`<li data-grade=${grade}><strong>${count(grade)}</strong> ${t(`coverage.${grade}`)}</li>`)}</ul>
    ${report.rehearsal && html`<p class="hint">${t("rehearsal")}: ${rehearsalWords(report)}</p>`}
    ${built?.last && html`<p class="hint">${t("built")}: ${builtWords(built)} (${[built.last.revision, formatDate(built.last.created_at)].filter(Boolean).join(", ")}) ${built.last.stale && t("built.stale")}</p>`}</section>`;
}

function ToDecide({ plan }) {
  const { asked, count } = readDecisions(plan);
  const questions = Array.isArray(plan.questions) ? plan.questions.map(word) : [];
  const open = count + questions.length;
  const shown = [...asked.map(({ question }) => question), ...questions].slice(0, 3);
  if (!open) return null;
  return html`<section class="brief-block"><h2 class="brief-title">${t("decide.title")} <span class="count">${open}</span></h2>
    <ul class="brief-list">${shown.map((question) => html`<li key=${question}>${question}</li>`)}</ul>
    <a class="button" href=${hrefOf("blueprint")}>${t("decide.open")}</a></section>`;
}

/** The model of entities, and the first story. */
function Pictures({ items }) {
  const drawn = items.filter((item) => item.artifact && isDrawn(item.kind));
  const chosen = ["erDiagram", "sequenceDiagram"]
    .map((keyword) => drawn.find(({ kind }) => keywordOf(kind) === keyword))
    .filter(Boolean);
  if (!chosen.length) return null;
  return html`<div class="brief-pictures">${chosen.map(
    (item) => html`<a key=${item.key} class="brief-picture" href=${hrefOf(item.key)}><span>${titleOf(item)}</span>
      <${Thumbnail} kind=${item.kind} text=${item.artifact.revision.source} whole=${true} title=${titleOf(item)} otherwise=${html`<div class="thumbnail"></div>`} /></a>`,
  )}</div>`;
}

/** @param {{design: Snapshot, items: Item[]}} props */
export function Brief({ design, items }) {
  const { plan } = blueprintOf(design);
  if (!plan) return null;
  const [about] = word(plan.summary).split(/\n\s*\n/);
  const actors = listOf(plan.actors).filter(({ kind }) => kind !== "external");
  return html`<section class="brief" aria-label=${t("brief")}>
    <div class="brief-what"><p class="brief-summary">${about}</p>
      <p class="hint">${t("brief.for", { who: actors.map(({ label, id }) => word(label) || word(id)).join(", ") })} · <a href=${hrefOf("idea")}>${t("idea.title")}</a></p></div>
    <div class="brief-facts"><${Coverage} design=${design} /><${ToDecide} plan=${plan} /></div>
    <${Pictures} items=${items} />
  </section>`;
}

/** Makes a design of the same idea anew, with whatever model is the default. */
async function makeAgain({ title, content, requirements, language, kinds }) {
  await attempt(async () => {
    const made = await api.startDesign({ title, content, requirements, language, kinds }, String(Date.now()));
    location.assign(`/designs/${made.id}/`);
  });
}

/** The ways to a model: connect one, then make the design with it. @param {{design: Snapshot}} props */
export function ModelWays({ design }) {
  const [model, setModel] = useState("");
  return html`<${ConnectButton} onConnected=${setModel} />
    ${model && html`<button class="button primary" type="button" onClick=${() => makeAgain(design)}>${t("rules.again", { model })}</button>`}`;
}

/** Said in one place when the structure is by rules, and what can be done about it. @param {{design: Snapshot}} props */
export function RulesBanner({ design }) {
  const origin = blueprintOf(design).artifact?.revision.origin;
  if (origin !== "offline" && origin !== "skeleton") return null;
  return html`<div class="notice warning rules" role="note"><div><strong>${t(`rules.${origin}`)}</strong><p>${t(`rules.${origin}.hint`)}</p></div>
    <div class="actions"><${ModelWays} design=${design} /></div></div>`;
}
