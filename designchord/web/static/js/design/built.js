/** What was built, as the last verification found it: a column of the matrix, what differs, and drift over time. */
import { api } from "../api.js";
import { html, useEffect, useState } from "../dom.js";
import { attempt } from "../failure.js";
import { formatDate } from "../format.js";
import { t } from "../i18n.js";
import { Drift } from "./drift.js";
import { blueprintOf, listOf } from "./plan.js";

/** Worst first. */
const STANDINGS = /** @type {const} */ (["missing", "differs", "unchecked", "exists"]);

/** The verifications of a design, read again when there is another, or another blueprint. @param {Snapshot} design */
export function useBuilt(design) {
  const [built, setBuilt] = useState(/** @type {Verifications | null} */ (null));
  const blueprint = blueprintOf(design).artifact?.revision.number;
  useEffect(() => {
    if (!design.verified) return undefined;
    let gone = false;
    attempt(async () => {
      const found = await api.listVerifications(design.id);
      if (!gone) setBuilt(found);
    });
    return () => {
      gone = true;
    };
  }, [design.id, design.verified, blueprint]);
  return built;
}

/** `5 of 7 requirements are there as designed`; empty where nothing was verified. @param {Verifications | null} built */
export function builtWords(built) {
  const rows = (built?.last?.requirements ?? []).filter(({ standing }) => standing);
  if (!rows.length) return "";
  return t("built.words", { n: rows.filter(({ standing }) => standing === "exists").length, all: rows.length });
}

/** What a thing is called by people: `Tool`, `POST /loans`. */
function nameOf({ what, id }, plan) {
  if (what === "entity") return id;
  const operation = listOf(plan?.operations).find((one) => one.id === id);
  return operation ? `${operation.method} ${operation.path}` : id;
}

/**
 * What of a requirement is there. @param {{row: Row, built: Verifications, plan: Record<string, any> | null}} props
 */
export function BuiltCell({ row, built, plan }) {
  const column = t("built");
  const found = built.last?.requirements.find(({ id }) => id === row.id);
  if (!found?.standing)
    return html`<td class="moot" data-label=${column}><span aria-hidden="true">·</span><span class="sr">${t("matrix.moot")}</span></td>`;
  return html`<td class="built" data-standing=${found.standing} data-label=${column}>
    <ul class="plain cell">${STANDINGS.filter((standing) => found[standing].length).map(
      (
        standing,
      ) => html`<li key=${standing}><span class="standing-word" data-standing=${standing} title=${t(`built.${standing}.hint`)}>${t(`built.${standing}`)}</span>
        ${" "}<span class="names">${found[standing].map((thing) => nameOf(thing, plan)).join(", ")}</span></li>`,
    )}</ul></td>`;
}

const placeOf = ({ file, line, item }) => (line ? `${file}:${line}` : [file, item].filter(Boolean).join(" "));

function Difference({ finding }) {
  const places = [
    finding.built && t("built.inBuilt", { place: placeOf(finding.built) }),
    finding.design && t("built.inDesign", { place: placeOf(finding.design) }),
  ].filter(Boolean);
  return html`<li class="difference"><p><span class="badge" data-severity=${finding.severity}>${t(`severity.${finding.severity}`)}</span> ${finding.message}</p>
    ${finding.note && html`<p class="hint">${finding.note}</p>`}
    <p class="hint places">${places.join(" · ")}</p>
    ${finding.change_the_code && html`<p class="hint">${t("built.code", { words: finding.change_the_code })} ${t("built.design", { words: finding.change_the_design })}</p>`}</li>`;
}

function Differences({ title, findings, open }) {
  if (!findings.length) return null;
  return html`<details class="differences" open=${open}><summary>${title}</summary>
    <ul class="plain">${findings.map((finding) => html`<${Difference} key=${`${finding.code} ${finding.thing}`} finding=${finding} />`)}</ul></details>`;
}

/** @param {{built: Verifications}} props */
export function BuiltSection({ built }) {
  const { last } = built;
  if (!last) return null;
  const said = { when: formatDate(last.created_at), who: last.who, version: last.revision };
  return html`<section class="built-section" aria-labelledby="built-title"><h3 id="built-title">${t("built")}</h3>
    <p>${t(last.revision ? "built.last" : "built.lastPlain", said)} ${builtWords(built)}</p>
    ${last.stale && html`<p class="notice warning">${t(last.blueprint === null ? "built.foreign" : "built.stale")}</p>`}
    ${!last.findings.length && html`<p class="notice good">${t("built.clean")}</p>`}
    ${last.not_read > 0 && html`<p class="hint">${t("built.notRead", { n: last.not_read })}</p>`}
    <${Drift} items=${built.items} />
    <${Differences} title=${t("built.differencesNow", { n: last.findings.length })} findings=${last.findings} open=${last.findings.length <= 5} />
    ${last.left_out > 0 && html`<p class="hint">${t("built.leftOut", { n: last.left_out })}</p>`}
    <${Differences} title=${t("built.acceptedNow", { n: last.accepted.length })} findings=${last.accepted} open=${false} />
  </section>`;
}
