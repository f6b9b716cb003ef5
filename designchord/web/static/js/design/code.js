/** Source text with line numbers; lines with findings are marked. Two text nodes however long the text is. */
import { html, useEffect, useLayoutEffect, useRef } from "../dom.js";

const LINE_PX = 20;
const PADDING_PX = 12;

export const numbersFor = (count) => Array.from({ length: count }, (_, index) => index + 1).join("\n");

/** @param {string} text */
export const countLines = (text) => text.split("\n").length;

/** One mark a line, the worst finding's. */
function marksOf(problems) {
  const rank = { error: 2, warning: 1, info: 0 };
  const marks = new Map();
  for (const problem of problems) {
    if (!problem.line) continue;
    const known = marks.get(problem.line);
    if (!known || rank[problem.severity] > rank[known.severity]) marks.set(problem.line, problem);
  }
  return [...marks.values()];
}

export function Marks({ problems, line }) {
  const put = (number) => (element) => {
    if (element) element.style.top = `${PADDING_PX + (number - 1) * LINE_PX}px`;
  };
  return html`<div class="marks" aria-hidden="true">
    ${line && html`<span class="mark" data-severity="here" ref=${put(line)}></span>`}
    ${marksOf(problems).map((problem) => html`<span class="mark" key=${problem.line} data-severity=${problem.severity} ref=${put(problem.line)}></span>`)}
  </div>`;
}

/** @param {HTMLElement | null} box @param {number | null | undefined} line */
export function scrollToLine(box, line) {
  if (box && line) box.scrollTop = Math.max(0, PADDING_PX + (line - 1) * LINE_PX - box.clientHeight / 3);
}

/**
 * @param {{text: string, problems?: Problem[], line?: number | null, label: string, follow?: boolean}} props
 *   `follow` keeps the end in sight while text grows
 */
export function Code({ text, problems = [], line = null, label, follow = false }) {
  const box = useRef(null);
  useEffect(() => scrollToLine(box.current, line), [line]);
  useLayoutEffect(() => {
    if (follow) box.current.scrollTop = box.current.scrollHeight;
  }, [text, follow]);
  return html`<div class="code" ref=${box} tabindex="0" role="region" aria-label=${label}>
    <pre class="gutter" aria-hidden="true">${numbersFor(countLines(text))}</pre>
    <div class="code-body"><${Marks} problems=${problems} line=${line} /><pre class="code-text">${text}</pre></div>
  </div>`;
}
