/** What changed between two texts, line by line. */
import { html, useMemo } from "../dom.js";
import { t } from "../i18n.js";

const CONTEXT = 3;
const MOST_CELLS = 4_000_000;

/** Lengths of the longest common subsequences of all pairs of endings. */
function measureCommon(a, b) {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const next = (i + 1) * width + j + 1;
      table[i * width + j] = a[i] === b[j] ? table[next] + 1 : Math.max(table[next - 1], table[i * width + j + 1]);
    }
  }
  return table;
}

function walk(a, b) {
  if (a.length * b.length > MOST_CELLS) {
    return [...a.map((text) => ({ sign: "-", text })), ...b.map((text) => ({ sign: "+", text }))];
  }
  const table = measureCommon(a, b);
  const width = b.length + 1;
  const changes = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      changes.push({ sign: " ", text: a[i] });
      i += 1;
      j += 1;
    } else if (table[(i + 1) * width + j] >= table[i * width + j + 1]) {
      changes.push({ sign: "-", text: a[i] });
      i += 1;
    } else {
      changes.push({ sign: "+", text: b[j] });
      j += 1;
    }
  }
  for (; i < a.length; i += 1) changes.push({ sign: "-", text: a[i] });
  for (; j < b.length; j += 1) changes.push({ sign: "+", text: b[j] });
  return changes;
}

/**
 * @param {string} before @param {string} after
 * @returns {Array<{sign: " " | "-" | "+", text: string, old: number | null, now: number | null}>}
 */
export function compareLines(before, after) {
  const [a, b] = [before.split("\n"), after.split("\n")];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const same = (text) => ({ sign: " ", text });
  const changes = [
    ...a.slice(0, head).map(same),
    ...walk(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ];
  let [old, now] = [0, 0];
  return changes.map(({ sign, text }) => ({
    sign,
    text,
    old: sign === "+" ? null : (old += 1),
    now: sign === "-" ? null : (now += 1),
  }));
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
