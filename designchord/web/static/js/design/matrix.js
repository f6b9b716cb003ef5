/** The traceability matrix: requirements down, kinds across, each cell leading to the places that cover it. */
import { labelOf, selectableKinds } from "../catalogue.js";
import { html } from "../dom.js";
import { t } from "../i18n.js";
import { hrefOf } from "./route.js";
import { keyOf } from "./store.js";

const MOST_LINES = 4;

/** Places by part, each with its lines in order. */
function groupByPart(places) {
  const lines = new Map();
  for (const place of places) {
    const key = keyOf(place);
    lines.set(key, [...(lines.get(key) ?? []), ...(place.line ? [place.line] : [])]);
  }
  return [...lines].map(([key, numbers]) => ({ key, lines: [...new Set(numbers)].sort((a, b) => a - b) }));
}

function Part({ part, label }) {
  const [first, ...rest] = part.lines;
  return html`<li><a href=${hrefOf(part.key, first)}>${label || t("line", { n: first ?? 1 })}</a>
    ${rest.slice(0, MOST_LINES).map((line) => html` <a class="more-line" href=${hrefOf(part.key, line)} title=${t("line", { n: line })}>${line}</a>`)}</li>`;
}

/** Signs of what is there for a requirement and not said to fulfil it. */
const UNSURE = { inferred: "~", undecided: "?" };

/** `covered` is null where the question does not arise; only what is said is covered. */
function Cell({ cell, names }) {
  const unsure = UNSURE[cell?.grade];
  if (!cell || (cell.covered === null && !unsure))
    return html`<td class="moot"><span aria-hidden="true">·</span><span class="sr">${t("matrix.moot")}</span></td>`;
  if (!cell.covered && !unsure) return html`<td class="uncovered">${t("matrix.none")}</td>`;
  const parts = groupByPart(cell.places ?? []);
  const labelOf = ({ key }) => (key.includes("/") ? (names.get(key) ?? key) : cell.how);
  const mark =
    unsure &&
    html`<span class="unsure" title=${t(`matrix.${cell.grade}`)}><span aria-hidden="true">${unsure} </span><span class="sr">${t(`matrix.${cell.grade}`)}</span></span>`;
  return html`<td>${mark}<ul class="plain cell">
    ${parts.length ? parts.map((part) => html`<${Part} part=${part} label=${labelOf(part)} />`) : html`<li>${cell.how || (unsure ? "" : "✓")}</li>`}
  </ul></td>`;
}

/** A requirement; of one that no longer counts, what became of it. */
function Demand({ row }) {
  if (!row.former) return row.text;
  const { by, on, reason } = row.former;
  const fate = by ? t("matrix.superseded", { by }) : t("matrix.retired");
  return html`<del>${row.text}</del> <small class="hint">${[fate, on, reason].filter(Boolean).join(", ")}</small>`;
}

/** @param {{matrix: {rows: Row[]} | null, names: Map<string, string>}} props */
export function Matrix({ matrix, names }) {
  const rows = matrix?.rows ?? [];
  if (!rows.length) return null;
  const columns = selectableKinds().filter((kind) => rows.some((row) => row.cells?.[kind]));
  return html`<section><h3>${t("matrix")}</h3><p class="hint">${t("matrix.hint")}</p>
    <div class="table-box" tabindex="0" role="region" aria-label=${t("matrix")}><table class="grid matrix">
      <thead><tr><th scope="col">${t("bp.requirements")}</th>${columns.map((column) => html`<th scope="col">${labelOf(column)}</th>`)}</tr></thead>
      <tbody>${rows.map(
        (row) => html`<tr><th scope="row"><code>${row.id}</code> <${Demand} row=${row} /></th>
          ${columns.map((column) => html`<${Cell} cell=${row.cells?.[column]} names=${names} />`)}</tr>`,
      )}</tbody>
    </table></div></section>`;
}
