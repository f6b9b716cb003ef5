/** What the rehearsal of a design shows: which stories ran, and where and why the others broke. */
import { classes, html } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";
import { Problem } from "./problems.js";
import { hrefOf } from "./route.js";
import { keyOf } from "./store.js";

/** @param {Story} story */
const keyOfStory = (story) => keyOf({ kind: story.kind, part: story.id });

/** What was found in a story that broke. @param {Report} report @param {Story} story */
const findingsIn = (report, story) =>
  story.ran
    ? []
    : report.problems.filter(
        ({ code, kind, part }) => code.startsWith("rehearsal.") && kind === story.kind && part === story.id,
      );

/** The findings that are told with their stories. @param {Report} report */
export const toldWithStories = (report) =>
  new Set((report.rehearsal?.stories ?? []).flatMap((story) => findingsIn(report, story)));

/** `3 of 4 stories ran`; empty where none was held. @param {Report | null | undefined} report */
export function rehearsalWords(report) {
  const rehearsal = report?.rehearsal;
  if (!rehearsal) return "";
  return rehearsal.total ? t("rehearsal.ran", { ran: rehearsal.ran, n: rehearsal.total }) : t("rehearsal.nothing");
}

function StoryLine({ report, story, names }) {
  const key = keyOfStory(story);
  const requests = story.workflows.reduce((count, { steps }) => count + steps.length, 0);
  return html`<li class="story" data-ran=${String(story.ran)}>
    <p class="story-head"><span class="standing" data-standing=${story.ran ? "done" : "error"}><${Icon} name=${story.ran ? "check" : "cross"} /></span>
      ${names.has(key) ? html`<a href=${hrefOf(key)}>${story.title}</a>` : html`<span>${story.title}</span>`}
      <span class="badge" data-state=${story.ran ? "done" : "failed"}>${t(story.ran ? "rehearsal.story.ran" : "rehearsal.story.broke")}</span>
      <span class="hint">${[t("rehearsal.requests", { n: requests }), ...story.requirements].join(" · ")}</span></p>
    ${!story.ran && html`<ul class="problems">${findingsIn(report, story).map((problem) => html`<${Problem} problem=${problem} href=${hrefOf(key)} where=${names.get(key) ?? story.title} />`)}</ul>`}
  </li>`;
}

/** @param {{report: Report, names: Map<string, string>}} props */
export function Rehearsal({ report, names }) {
  const { rehearsal } = report;
  if (!rehearsal) return null;
  const whole = rehearsal.total > 0 && rehearsal.ran === rehearsal.total;
  const asked = rehearsal.stories.flatMap(({ workflows }) => workflows).filter((one) => one.asked_for).length;
  return html`<section class="rehearsal" aria-labelledby="rehearsal-title"><h3 id="rehearsal-title">${t("rehearsal")}</h3>
    <p class=${classes("notice", whole ? "good" : "warning")}>${rehearsalWords(report)}</p>
    ${rehearsal.total > 0 && html`<p class="hint">${t("rehearsal.how", { tables: rehearsal.tables })} ${asked > 0 && t("rehearsal.asked", { n: asked })} ${t("rehearsal.meaning")}</p>`}
    <ul class="plain stories">${rehearsal.stories.map((story) => html`<${StoryLine} key=${story.id} report=${report} story=${story} names=${names} />`)}</ul>
  </section>`;
}

/** Which stories show that a requirement runs. @param {{row: Row, stories: Story[], column: string}} props */
export function RunsCell({ row, stories, column }) {
  const shown = stories.filter(({ id }) => row.runs?.includes(id));
  if (!shown.length)
    return html`<td class="moot" data-label=${column}><span aria-hidden="true">·</span><span class="sr">${t("matrix.runs.none")}</span></td>`;
  return html`<td class="said" data-label=${column}><span class="grade" data-grade="said" title=${t("matrix.runs.hint")}>${t("matrix.runs.said")}</span>
    <ul class="plain cell">${shown.map((story) => html`<li key=${story.id}><a href=${hrefOf(keyOfStory(story))}>${story.title}</a></li>`)}</ul></td>`;
}
