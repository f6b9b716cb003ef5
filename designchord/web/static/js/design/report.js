/** The cross-check of the parts: what does not agree, and where each requirement is met. */
import { html } from "../dom.js";
import { t } from "../i18n.js";
import { BuiltSection, useBuilt } from "./built.js";
import { titleOf } from "./items.js";
import { Matrix } from "./matrix.js";
import { blueprintOf } from "./plan.js";
import { MendButton } from "./mending.js";
import { Problem, worstFirst } from "./problems.js";
import { Rehearsal, toldWithStories } from "./rehearsal.js";
import { hrefOf } from "./route.js";
import { keyOf } from "./store.js";

const SEVERITIES = ["error", "warning", "info"];

function Counts({ counts }) {
  return html`<ul class="counts">${SEVERITIES.map(
    (severity) =>
      html`<li data-severity=${severity} data-none=${String(!counts[severity])}><strong>${counts[severity] ?? 0}</strong> ${t(`severity.${severity}.many`, { n: counts[severity] ?? 0 })}</li>`,
  )}</ul>`;
}

function groupByPlace(problems) {
  const groups = new Map();
  for (const problem of worstFirst(problems)) {
    const key = problem.kind ? keyOf({ kind: problem.kind, part: problem.part ?? "" }) : "";
    groups.set(key, [...(groups.get(key) || []), problem]);
  }
  return [...groups];
}

/** @param {{design: Snapshot, report: Report, items: Item[], thing?: string}} props `thing`: a requirement to light up */
export function ReportView({ design, report, items, thing = "" }) {
  const built = useBuilt(design);
  const names = new Map(items.map((item) => [item.key, titleOf(item)]));
  const problems = report.problems || [];
  const told = toldWithStories(report);
  return html`<div class="report">
    <${Counts} counts=${report.counts || {}} />
    ${!problems.length && html`<p class="notice good">${t("report.clean")}</p>`}
    ${groupByPlace(problems.filter((problem) => !told.has(problem))).map(
      ([
        key,
        entries,
      ]) => html`<section key=${key}><h3>${key ? html`<a href=${hrefOf(key)}>${names.get(key) ?? key}</a>` : t("report.general")}</h3>
        <ul class="problems">${entries.map(
          (problem) =>
            html`<${Problem} problem=${problem} href=${key && hrefOf(key, problem.line)} where=${names.get(key) ?? key}>
              ${problem.fix && html`<${MendButton} key=${problem.fix.message} designId=${design.id} fix=${problem.fix} items=${items} />`}<//>`,
        )}</ul></section>`,
    )}
    <${Rehearsal} report=${report} names=${names} />
    ${built && html`<${BuiltSection} built=${built} />`}
    <${Matrix} matrix=${report.matrix} names=${names} stories=${report.rehearsal?.stories ?? null} built=${built} plan=${blueprintOf(design).plan} lit=${thing} />
  </div>`;
}
