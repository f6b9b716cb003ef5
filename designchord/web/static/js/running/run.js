/** A story's run beside its diagram: what was really asked and answered, step by step, and where it broke. */
import { api } from "../api.js";
import { Problem } from "../design/problems.js";
import { html, useEffect, useState } from "../dom.js";
import { describeFailure } from "../failure.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";

/** @typedef {{story: Story | null, problems: Problem[], failure: string, busy: boolean}} Run */

/**
 * Plays a story whenever something of the design changes.
 * @param {string} designId @param {string} part @param {string} version
 * @returns {[Run, () => void]} the run, and a way to play it again
 */
export function useRun(designId, part, version) {
  const [run, setRun] = useState(/** @type {Run} */ ({ story: null, problems: [], failure: "", busy: true }));
  const [again, setAgain] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setRun((last) => ({ ...last, busy: true }));
    api
      .playStory(designId, part, abort.signal)
      .then(({ stories, problems }) => {
        const told = problems.filter((one) => one.part === part || one.code === "rehearsal.no_time" || !stories.length);
        setRun({ story: stories[0] ?? null, problems: told, failure: "", busy: false });
      })
      .catch((error) => {
        if (error.name === "AbortError") return;
        setRun({ story: null, problems: [], failure: describeFailure(error), busy: false });
      });
    return () => abort.abort();
  }, [designId, part, version, again]);
  return [run, () => setAgain(again + 1)];
}

const written = (body) => (typeof body === "string" ? body : JSON.stringify(body, null, 2));

function Body({ title, body }) {
  if (body === undefined || body === null) return null;
  return html`<p class="run-title">${title}</p><pre class="run-body">${written(body)}</pre>`;
}

/** @param {{step: Played, number: number}} props */
function PlayedStep({ step, number }) {
  const broken = Boolean(step.fault);
  const fault = !broken
    ? ""
    : step.fault === "status"
      ? t("run.status", { expected: step.expected ?? 0, status: step.status ?? 0 })
      : t(`run.${step.fault}`, { what: step.detail ?? "" });
  return html`<li class="run-step" data-broken=${String(broken)}><details open=${broken}>
    <summary><span class="step-number">${number}</span>
      <span class="badge" data-state=${broken ? "failed" : "done"}>${step.status ?? "–"}</span>
      <span><code>${step.request ?? step.operation}</code> <span class="hint">${step.description}</span></span></summary>
    ${broken && html`<p class="run-fault"><${Icon} name="cross" /> ${[fault, step.fault === "status" && step.detail].filter(Boolean).join(" ")}</p>`}
    <${Body} title=${t("run.sent")} body=${step.sent} />
    <${Body} title=${t("run.answered")} body=${step.answered} />
    ${step.sent === undefined && step.answered === undefined && html`<p class="hint">${t("run.noBodies")}</p>`}
  </details></li>`;
}

/** @param {{flow: Workflow}} props */
function PlayedFlow({ flow }) {
  return html`<section class="run-flow"><h4><span>${flow.summary}</span> <span class="badge" data-state=${flow.ran ? "done" : "failed"}>${t(flow.ran ? "rehearsal.story.ran" : "rehearsal.story.broke")}</span></h4>
    ${flow.asked_for && html`<p class="hint">${t("run.asked")}</p>`}
    <ol class="plain run-steps">${flow.steps.map((step, place) => html`<${PlayedStep} key=${step.step} step=${step} number=${place + 1} />`)}</ol></section>`;
}

/** @param {{run: Run, onAgain: () => void}} props */
export function StoryRun({ run, onAgain }) {
  const { story, problems, failure, busy } = run;
  return html`<section class="story-run" aria-labelledby="run-title" aria-busy=${String(busy)}>
    <header class="run-head"><h3 id="run-title">${t("run")}</h3>
      <span role="status">${story && html`<span class="badge" data-state=${story.ran ? "done" : "failed"}>${t(story.ran ? "rehearsal.story.ran" : "rehearsal.story.broke")}</span>`}</span>
      <span class="spacer"></span>
      <button class="button" type="button" disabled=${busy} onClick=${onAgain}><${Icon} name="retry" /><span>${t("run.again")}</span></button></header>
    <p class="hint">${t("run.hint")}</p>
    ${failure && html`<p class="notice">${failure}</p>`}
    ${problems.length > 0 && html`<ul class="problems">${problems.map((problem) => html`<${Problem} problem=${problem} />`)}</ul>`}
    ${story?.workflows.map((flow) => html`<${PlayedFlow} key=${flow.workflow} flow=${flow} />`)}
  </section>`;
}
