/** The traceability matrix: requirements down, kinds across; each cell names what fulfils a requirement and leads there. */
import { labelOf, selectableKinds } from "../catalogue.js";
import { html, useEffect, useState } from "../dom.js";
import { t } from "../i18n.js";
import { BuiltCell } from "./built.js";
import { RunsCell } from "./rehearsal.js";
import { hrefOf } from "./route.js";
import { keyOf } from "./store.js";

/** Places by part, each with its first line. */
function groupByPart(places) {
  const lines = new Map();
  for (const place of places) {
    const key = keyOf(place);
    lines.set(key, [...(lines.get(key) ?? []), ...(place.line ? [place.line] : [])]);
  }
  return [...lines].map(([key, numbers]) => ({
    key,
    line: numbers.length ? Math.min(...numbers) : null,
    count: Math.max(numbers.length, 1),
  }));
}

/** What is there for a requirement and not said to fulfil it gets no tick. */
const UNSURE = new Set(["inferred", "undecided"]);

/** @param {Cell | undefined} cell */
const standingOf = (cell) => {
  if (cell?.grade && UNSURE.has(cell.grade)) return cell.grade;
  if (!cell || cell.covered === null) return "moot";
  return cell.covered ? "said" : "open";
};

const isPlaced = (row) =>
  Boolean(row.former) || Object.values(row.cells ?? {}).every((cell) => ["moot", "said"].includes(standingOf(cell)));

function Places({ cell, names }) {
  const parts = groupByPart(cell.places ?? []);
  const label = ({ key, count }) =>
    key.includes("/") ? (names.get(key) ?? key) : cell.how || t("matrix.places", { n: count });
  if (!parts.length) return cell.how ? html`<span>${cell.how}</span>` : null;
  return html`<ul class="plain cell">${parts.map((part) => html`<li><a href=${hrefOf(part.key, part.key.includes("/") ? null : part.line)}>${label(part)}</a></li>`)}</ul>`;
}

/** What is not fulfilled can be asked for. */
const Propose = ({ id }) =>
  html`<a class="propose" href=${hrefOf("blueprint", `fulfil:${id}`)} aria-label=${t("matrix.proposeFor", { id })}>${t("matrix.propose")}</a>`;

function Cell({ row, cell, names, column }) {
  const standing = standingOf(cell);
  const words = t(`matrix.${standing}`);
  return html`<td class=${standing} data-label=${column}>
    ${standing === "moot" ? html`<span aria-hidden="true">·</span><span class="sr">${words}</span>` : html`<span class="grade" data-grade=${standing} title=${t(`matrix.${standing}.hint`)}>${words}</span>`}
    ${standing === "open" && !row.former && html` <${Propose} id=${row.id} />`}
    ${cell && standing !== "open" && standing !== "moot" && html`<${Places} cell=${cell} names=${names} />`}</td>`;
}

/** A requirement, and what of it nothing does; of one that no longer counts, what became of it. */
function Demand({ row }) {
  const missing = (row.missing ?? []).join(", ");
  if (!row.former && missing)
    return html`${row.text} <small class="hint">${t("matrix.missing", { words: missing })}</small>`;
  if (!row.former) return row.text;
  const { by, on, reason } = row.former;
  const fate = by ? t("matrix.superseded", { by }) : t("matrix.retired");
  return html`<del>${row.text}</del> <small class="hint">${[fate, on, reason].filter(Boolean).join(", ")}</small>`;
}

/**
 * `stories` were played, what was `built` was verified; the `plan` knows what its things are called; `lit`: the requirement
 * that somebody came for.
 * @param {{matrix: {rows: Row[]} | null, names: Map<string, string>, stories: Story[] | null, built: Verifications | null, plan: Record<string, any> | null, lit?: string}} props
 */
export function Matrix({ matrix, names, stories, built, plan, lit = "" }) {
  const [onlyOpen, setOnlyOpen] = useState(false);
  const rows = matrix?.rows ?? [];
  useEffect(() => {
    if (lit) document.getElementById(`requirement-${lit}`)?.scrollIntoView({ block: "center" });
  }, [lit]);
  if (!rows.length) return null;
  const columns = selectableKinds().filter((kind) => rows.some((row) => row.cells?.[kind]));
  const open = rows.filter((row) => !isPlaced(row));
  const shown = onlyOpen ? open : rows;
  return html`<section><h3>${t("matrix")}</h3><p class="hint">${t("matrix.hint")}</p>
    <label class="check"><input type="checkbox" checked=${onlyOpen} onChange=${(event) => setOnlyOpen(event.target.checked)} /><span>${t("matrix.onlyOpen", { n: open.length })}</span></label>
    ${!shown.length && html`<p class="notice good">${t("matrix.allPlaced")}</p>`}
    <div class="table-box" tabindex="0" role="region" aria-label=${t("matrix")}><table class="grid matrix">
      <thead><tr><th scope="col">${t("bp.requirements")}</th>${columns.map((column) => html`<th scope="col">${labelOf(column)}</th>`)}${stories && html`<th scope="col">${t("matrix.runs")}</th>`}${built && html`<th scope="col">${t("built")}</th>`}</tr></thead>
      <tbody>${shown.map(
        (
          row,
        ) => html`<tr key=${row.id} id=${`requirement-${row.id}`} class=${row.id === lit ? "lit" : ""}><th scope="row"><code>${row.id}</code> <${Demand} row=${row} /></th>
          ${columns.map((column) => html`<${Cell} row=${row} key=${column} cell=${row.cells?.[column]} names=${names} column=${labelOf(column)} />`)}
          ${stories && html`<${RunsCell} row=${row} stories=${stories} column=${t("matrix.runs")} />`}
          ${built && html`<${BuiltCell} row=${row} built=${built} plan=${plan} />`}</tr>`,
      )}</tbody>
    </table></div></section>`;
}
