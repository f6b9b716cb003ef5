/** The traceability matrix: requirements down, kinds across, each cell leading to the place. */
import { html } from "../dom.js";
import { t } from "../i18n.js";
import { hrefOf } from "./route.js";

const COLUMNS = ["document", "sequence", "erd", "api"];

/** A place as the report gives it: the part of the kind, and the line of its source where one is known. */
function Place({ kind, place: { part = "", line = null }, names }) {
  const key = part ? `${kind}/${part}` : kind;
  const label = part ? (names.get(key) ?? part) : t("matrix.here");
  return html`<a href=${hrefOf(key, line)}>${line ? `${label}:${line}` : label}</a>`;
}

function Cell({ kind, places, names }) {
  if (!places.length) return html`<td class="uncovered"><span aria-hidden="true">–</span><span class="sr">${t("matrix.none")}</span></td>`;
  return html`<td><ul class="plain cell">${places.map((place) => html`<li><${Place} kind=${kind} place=${place} names=${names} /></li>`)}</ul></td>`;
}

const placesOf = (row, column) => row.cells?.[column]?.places ?? [];

/** @param {{matrix: {rows: object[]} | null, names: Map<string, string>}} props */
export function Matrix({ matrix, names }) {
  const rows = matrix?.rows || [];
  if (!rows.length) return null;
  const columns = COLUMNS.filter((column) => rows.some((row) => column in (row.cells ?? row)));
  return html`<section><h3>${t("matrix")}</h3><p class="hint">${t("matrix.hint")}</p>
    <div class="table-box" tabindex="0" role="region" aria-label=${t("matrix")}><table class="grid matrix">
      <thead><tr><th scope="col">${t("bp.requirements")}</th>${columns.map((column) => html`<th scope="col">${t(`kind.${column}`)}</th>`)}</tr></thead>
      <tbody>${rows.map(
        (row) => html`<tr><th scope="row"><code>${row.id ?? row.requirement}</code> ${row.text}</th>
          ${columns.map((column) => html`<${Cell} kind=${column} places=${placesOf(row, column)} names=${names} />`)}</tr>`,
      )}</tbody>
    </table></div></section>`;
}
