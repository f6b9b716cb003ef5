/** All parts at once: the place where somebody watches a design appear. */
import { hasParts, isDrawn, notationOf } from "../catalogue.js";
import { classes, html } from "../dom.js";
import { t, tOr } from "../i18n.js";
import { Icon } from "../icons.js";
import { GrowingCalls, GrowingNumbers, GrowingReport } from "./growing.js";
import { countProblems, standingOf, titleOf } from "./items.js";
import { Thumbnail } from "./picture.js";
import { OriginBadge } from "./provenance.js";
import { hrefOf } from "./route.js";
import { listCalls } from "../apidoc/operations.js";
import { useStore } from "./store.js";

const SNIPPET = 1400;
const ICONS = { done: "check", failed: "cross", error: "cross", warning: "warning", stale: "retry", cancelled: "stop" };

/** The sign for how an item stands, with the words for those who do not see it. */
export function Standing({ standing }) {
  return html`<span class="standing" data-standing=${standing}>
    ${standing in ICONS ? html`<${Icon} name=${ICONS[standing]} />` : html`<span class="pulse" aria-hidden="true"></span>`}
    <span class="sr">${t(`standing.${standing}`)}</span></span>`;
}

/** The end of a text that grows, the beginning of one that is finished. The style aligns it: no measuring. */
function Snippet({ text, growing }) {
  const part = growing ? text.slice(-SNIPPET) : text.slice(0, SNIPPET);
  return html`<pre class=${classes("snippet", growing && "growing")} aria-hidden="true"><span>${part}</span></pre>`;
}

/** How a document begins, without its notation. */
function DocumentSnippet({ source }) {
  const lines = source
    .slice(0, 2 * SNIPPET)
    .split("\n")
    .filter((line) => line.trim() && !/^\s*(\||```|---)/.test(line))
    .map((line) => ({ heading: /^#+ /.test(line), words: line.replace(/^#+ |[*_`]/g, "") }));
  return html`<div class="snippet words" aria-hidden="true">${lines.map(({ heading, words }) => (heading ? html`<strong>${words}</strong>` : html`<span>${words}</span>`))}</div>`;
}

function ApiSnippet({ source }) {
  const calls = listCalls(source);
  if (!calls) return html`<${Snippet} text=${source} />`;
  return html`<ul class="snippet calls" aria-hidden="true">${calls
    .slice(0, 9)
    .map(
      ([method, path]) =>
        html`<li><span class="method" data-method=${method}>${method.toUpperCase()}</span><code>${path}</code></li>`,
    )}</ul>`;
}

function BlueprintSnippet({ source }) {
  let plan = {};
  try {
    plan = JSON.parse(source);
  } catch {
    return html`<${Snippet} text=${source} />`;
  }
  const names = ["requirements", "actors", "entities", "operations", "scenarios", "assumptions"];
  return html`<dl class="snippet numbers">${names.map(
    (name) => html`<div><dt>${t(`bp.${name}`)}</dt><dd>${Array.isArray(plan[name]) ? plan[name].length : 0}</dd></div>`,
  )}</dl>`;
}

function CardBody({ item, text, report, title, live }) {
  const writing = (item.step?.state === "running" || !item.artifact) && text;
  const source = writing ? text : (item.artifact?.revision.source ?? "");
  const notation = notationOf(item.kind);
  if (item.kind === "report")
    return report || !text ? html`<${ReportSnippet} report=${report} />` : html`<${GrowingReport} text=${text} />`;
  if (!source) return html`<${NoSource} step=${item.step} />`;
  if (isDrawn(item.kind))
    return html`<${Thumbnail} kind=${item.kind} text=${source} whole=${!writing} title=${title}
    otherwise=${html`<${Snippet} text=${source} growing=${Boolean(writing)} />`} />`;
  if (notation === "openapi")
    return writing ? html`<${GrowingCalls} text=${text} card=${true} />` : html`<${ApiSnippet} source=${source} />`;
  if (notation === "blueprint")
    return writing ? html`<${GrowingNumbers} live=${live} />` : html`<${BlueprintSnippet} source=${source} />`;
  if (notation === "markdown" && !writing) return html`<${DocumentSnippet} source=${source} />`;
  return html`<${Snippet} text=${source} growing=${Boolean(writing)} />`;
}

/** Nothing is there: why, if something went wrong. */
function NoSource({ step }) {
  const why = step?.error && tOr(`error.${step.error.code}`, step.error.message);
  return html`<div class="snippet empty">${why}</div>`;
}

function ReportSnippet({ report }) {
  if (!report) return html`<div class="snippet empty"></div>`;
  return html`<dl class="snippet numbers">${["error", "warning", "info"].map(
    (severity) =>
      html`<div data-severity=${severity}><dt>${t(`severity.${severity}.many`, { n: report.counts?.[severity] ?? 0 })}</dt><dd>${report.counts?.[severity] ?? 0}</dd></div>`,
  )}</dl>`;
}

function CardFoot({ item, standing }) {
  const { step, artifact } = item;
  const counts = countProblems(artifact?.revision.problems);
  const words =
    step?.state === "running"
      ? t(`phase.${step.phase || "asking"}`)
      : artifact || item.kind === "report"
        ? ""
        : t(`standing.${standing}`);
  return html`<p class="card-foot">
    ${words && html`<span class="hint">${words}</span>`}
    ${!words && artifact && html`<${OriginBadge} origin=${artifact.revision.origin} />`}
    ${artifact?.stale && html`<span class="badge warning">${t("stale.short")}</span>`}
    ${counts.error > 0 && html`<span class="badge error">${t("errorsShort", { n: counts.error })}</span>`}
    ${counts.warning > 0 && html`<span class="badge warning">${t("warningsShort", { n: counts.warning })}</span>`}
  </p>`;
}

function Card({ item, live, report }) {
  const text = useStore(live.storeOf(item.key));
  const standing = standingOf(item, report, text);
  const title = titleOf(item);
  return html`<li class="card" data-kind=${item.kind} data-standing=${standing}>
    <a class="card-link" href=${hrefOf(item.key)}>
      <span class="card-head"><span class="card-title">${title}</span><${Standing} standing=${standing} /></span>
    </a>
    <${CardBody} item=${item} text=${text} report=${report} title=${title} live=${live} />
    <${CardFoot} item=${item} standing=${standing} />
  </li>`;
}

/** How many stories there are is known last, so they come last: nothing that is looked at is pushed away by a new one. */
const settled = (items) => [
  ...items.filter(({ kind }) => !hasParts(kind)),
  ...items.filter(({ kind }) => hasParts(kind)),
];

/** @param {{items: Item[], live: LiveText, report: Report | null, watched?: boolean}} props `watched`: stories are yet to come */
export function Board({ items, live, report, watched = false }) {
  return html`<ul class="board" data-watched=${String(watched)}>${settled(items).map((item) => html`<${Card} key=${item.key} item=${item} live=${live} report=${report} />`)}</ul>`;
}
