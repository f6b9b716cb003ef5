/** A story as a numbered list. */
import { html, useMemo } from "../dom.js";
import { t } from "../i18n.js";
import { readSteps } from "./reading.js";

function Line({ line, broken }) {
  const indent = (element) => {
    if (element) element.style.paddingInlineStart = `${line.depth * 1.25}rem`;
  };
  if (line.what !== "step") return html`<li class="step-${line.what}" ref=${indent}>${line.text}</li>`;
  return html`<li class="step-line" data-broken=${String(broken)} ref=${indent}><span class="step-number">${line.number}</span>
    <span><span class="hint">${line.from} → ${line.to}</span> ${line.text}${broken && html` <span class="badge error">${t("rehearsal.story.broke")}</span>`}</span></li>`;
}

/** @param {{text: string, title: string, broken?: number[]}} props `broken` are places among the messages */
export function StepList({ text, title, broken = [] }) {
  const { lines } = useMemo(() => readSteps(text), [text]);
  return html`<ol class="plain step-list" aria-label=${title}>${lines.map((line) => html`<${Line} line=${line} broken=${broken.includes((line.number ?? 0) - 1)} />`)}</ol>`;
}
