/** The traceability matrix: requirements down, kinds across, each cell leading to the place. */
import { html } from "../dom.js";
import { t } from "../i18n.js";
import { hrefOf } from "./route.js";

const COLUMNS = ["document", "sequence", "erd", "api"];

/** A place as the report gives it: text, or an object with part, line and a label. */
function Place({ kind, place, names }) {
  const { part = "", line = null, label = "" } = typeof place === "string" ? { label: place } : place;
  const key = part ? `${kind}/${part}` : kind;
  return html`<a href=${hrefOf(key, line)}>${label || (part ? (names.get(key) ?? part) : t("matrix.here"))}</a>`;
}

function Cell({ kind, places, names }) {
  if (!places.length) return html`<td class="uncovered"><span aria-hidden="true">–</span><span class="sr">${t("matrix.none")}</span></td>`;
  return html`<td><ul class="plain cell">${places.map((place) => html`<li><${Place} kind=${kind} place=${place} names=${names} /></li>`)}</ul></td>`;
}

const placesOf = (row, column) => {
  const value = row.cells?.[column] ?? row[column] ?? [];
  return Array.isArray(value) ? value : value === true ? [{}] : [value].filter(Boolean);
};

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
