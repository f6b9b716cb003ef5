/** A story as a numbered list. */
import { html, useMemo } from "../dom.js";
import { t, tOr } from "../i18n.js";
import { readSteps } from "./reading.js";

/** What a branch is called that has no condition of its own; its keyword says the same. */
const REST = new Set(["otherwise", "else", "그 외"]);
const conditionOf = ({ keyword, text }) => (keyword === "else" && REST.has(text.toLowerCase()) ? "" : text);

function Line({ line, broken }) {
  const indent = (element) => {
    if (element) element.style.paddingInlineStart = `${line.depth * 1.25}rem`;
  };
  if (line.what !== "step")
    return html`<li class="step-${line.what}" ref=${indent}>${line.keyword && html`<strong>${tOr(`steps.${line.keyword}`, line.keyword)}</strong>`} ${conditionOf(line)}</li>`;
  return html`<li class="step-line" data-broken=${String(broken)} ref=${indent}><span class="step-number">${line.number}</span>
    <span><span class="hint">${line.from} → ${line.to}</span> ${line.text}${broken && html` <span class="badge error">${t("rehearsal.story.broke")}</span>`}</span></li>`;
}

/** @param {{text: string, title: string, broken?: number[], found?: number[] | null}} props `broken` and `found` are places among the messages; of what is not `found` nothing is shown */
export function StepList({ text, title, broken = [], found = null }) {
  const { lines } = useMemo(() => readSteps(text), [text]);
  const shown = found ? lines.filter(({ number }) => number && found.includes(number - 1)) : lines;
  if (!shown.length) return html`<p class="stage-empty hint">${t("list.noMatch")}</p>`;
  return html`<ol class="plain step-list" aria-label=${title}>${shown.map((line) => html`<${Line} line=${line} broken=${broken.includes((line.number ?? 0) - 1)} />`)}</ol>`;
}
