/** What changed between two texts, line by line. */
import { diffArrays } from "../../vendor/diff/9.0.0/libesm/diff/array.js";
import { html, useMemo } from "../dom.js";
import { t } from "../i18n.js";

const CONTEXT = 3;
/** After so long, texts that have next to nothing in common are shown whole, one after the other. */
const PATIENCE_MS = 1000;

/** @typedef {{sign: " " | "-" | "+", text: string, old: number | null, now: number | null}} Line */

/** @param {string} before @param {string} after @returns {Line[]} */
export function compareLines(before, after) {
  const [a, b] = [before.split("\n"), after.split("\n")];
  const changes = diffArrays(a, b, { timeout: PATIENCE_MS }) ?? [
    { value: a, removed: true, added: false },
    { value: b, removed: false, added: true },
  ];
  let [old, now] = [0, 0];
  return changes.flatMap(({ value, removed, added }) =>
    value.map((text) => {
      if (!added) old += 1;
      if (!removed) now += 1;
      return { sign: added ? "+" : removed ? "-" : " ", text, old: added ? null : old, now: removed ? null : now };
    }),
  );
}

/** Only what changed, with a few lines around it; a null stands for what is left out. */
function withContext(lines) {
  const near = new Set();
  lines.forEach(({ sign }, place) => {
    if (sign === " ") return;
    for (let at = place - CONTEXT; at <= place + CONTEXT; at += 1) near.add(at);
  });
  const shown = [];
  lines.forEach((line, place) => {
    if (near.has(place)) shown.push(line);
    else if (shown.at(-1) !== null) shown.push(null);
  });
  return shown;
}

const SIGN_CLASS = { "+": "added", "-": "removed", " ": "same" };

/** @param {{before: string, after: string}} props */
export function Diff({ before, after }) {
  const lines = useMemo(() => compareLines(before, after), [before, after]);
  if (lines.every(({ sign }) => sign === " ")) return html`<p class="hint">${t("diff.same")}</p>`;
  return html`<div class="diff" tabindex="0" role="region" aria-label=${t("diff")}><table>
    <tbody>${withContext(lines).map((line) =>
      line
        ? html`<tr class=${SIGN_CLASS[line.sign]}>
            <td class="diff-number">${line.old}</td><td class="diff-number">${line.now}</td>
            <td class="diff-sign">${line.sign}</td><td class="diff-text">${line.text || " "}</td></tr>`
        : html`<tr class="gap"><td colspan="4">⋯</td></tr>`,
    )}</tbody>
  </table></div>`;
}
