/** Findings of the checks, the worst first, each leading to its line. */
import { html } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";

const RANK = { error: 0, warning: 1, info: 2 };
const ICONS = { error: "cross", warning: "warning", info: "info" };

/** @param {Problem[]} problems */
export const worstFirst = (problems) =>
  [...problems].sort((a, b) => RANK[a.severity] - RANK[b.severity] || (a.line ?? 0) - (b.line ?? 0));

/**
 * @param {{problem: Problem, onLine?: (line: number) => void, href?: string, where?: string, children?: any}} props
 *   `href` leads to the place when the finding is in another part; `children`: what can be done about it
 */
export function Problem({ problem, onLine, href, where, children }) {
  const { severity, message, hint, line, code } = problem;
  const place = [where, line && t("line", { n: line })].filter(Boolean).join(" · ");
  return html`<li class="problem" data-severity=${severity}>
    <span class="problem-sign"><${Icon} name=${ICONS[severity]} /><span class="sr">${t(`severity.${severity}`)}</span></span>
    <div>
      <p class="problem-message">${message}</p>
      ${hint && html`<p class="problem-hint">${hint}</p>`}
      <p class="problem-place">
        ${href && place && html`<a href=${href}>${place}</a>`}
        ${!href && place && (onLine && line ? html`<button class="link" type="button" onClick=${() => onLine(line)}>${place}</button>` : place)}
        <code>${code}</code>
      </p>
      ${children}
    </div>
  </li>`;
}

/** @param {{problems: Problem[], onLine: (line: number) => void}} props */
export function ProblemList({ problems, onLine }) {
  if (!problems?.length) return null;
  return html`<ul class="problems" aria-label=${t("problems")}>
    ${worstFirst(problems).map((problem) => html`<${Problem} problem=${problem} onLine=${onLine} />`)}
  </ul>`;
}
