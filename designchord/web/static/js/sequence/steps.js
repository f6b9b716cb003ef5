/** A story as a numbered list. */
import { html, useMemo } from "../dom.js";
import { readSteps } from "./reading.js";

function Line({ line }) {
  const indent = (element) => {
    if (element) element.style.paddingInlineStart = `${line.depth * 1.25}rem`;
  };
  if (line.what !== "step") return html`<li class="step-${line.what}" ref=${indent}>${line.text}</li>`;
  return html`<li class="step-line" ref=${indent}><span class="step-number">${line.number}</span>
    <span><span class="hint">${line.from} → ${line.to}</span> ${line.text}</span></li>`;
}

/** @param {{text: string, title: string}} props */
export function StepList({ text, title }) {
  const { lines } = useMemo(() => readSteps(text), [text]);
  return html`<ol class="plain step-list" aria-label=${title}>${lines.map((line) => html`<${Line} line=${line} />`)}</ol>`;
}
