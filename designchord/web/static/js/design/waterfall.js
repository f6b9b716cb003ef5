/** The steps of the work on one time axis, so that what ran at the same time can be seen. */
import { html } from "../dom.js";
import { formatCost, formatSeconds, formatTokens, toTime } from "../format.js";
import { t } from "../i18n.js";
import { findBurst, useNow } from "./bursts.js";
import { inReadingOrder, isPending, phaseOf, titleOf } from "./items.js";

const TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600];

/** A step's stretches in milliseconds: queued, asking (until the first token), writing. */
function stretchesOf(step, now) {
  const ready = toTime(step.ready_at);
  const started = toTime(step.started_at);
  const first = toTime(step.first_token_at);
  const end = toTime(step.finished_at) ?? now;
  const stretches = [];
  if (ready) stretches.push({ name: "queued", from: ready, to: started ?? end });
  if (started) stretches.push({ name: "asking", from: started, to: first ?? end });
  if (first) stretches.push({ name: "writing", from: first, to: end });
  return stretches.filter(({ from, to }) => to > from);
}

function tickStep(seconds) {
  return TICKS.find((tick) => seconds / tick <= 6) ?? Math.ceil(seconds / 6 / 600) * 600;
}

/** @param {HTMLElement | null} element @param {{left: number, width?: number}} share in percent */
const place = (element, { left, width }) => {
  if (!element) return;
  element.style.left = `${left}%`;
  if (width !== undefined) element.style.width = `${width}%`;
};

function stateWords(step, now) {
  const started = toTime(step.started_at);
  const took = started ? ((toTime(step.finished_at) ?? now) - started) / 1000 : null;
  if (step.state === "running") {
    const attempt = step.attempt > 1 ? ` ${t("attemptShort", { n: step.attempt })}` : "";
    return `${phaseOf(step)}${attempt} · ${formatSeconds(took ?? 0)}`;
  }
  if (took !== null && step.state === "done") return formatSeconds(took);
  return t(step.state === "waiting" && step.kind === "report" ? "step.waiting.report" : `step.${step.state}`);
}

function Row({ step, origin, span, now }) {
  const share = (time) => ((time - origin) / span) * 100;
  return html`<li class="fall-row" data-state=${step.state}>
    <span class="fall-name" title=${titleOf(step)}>${titleOf(step)}</span>
    <span class="fall-track">
      ${stretchesOf(step, now).map(
        ({ name, from, to }) =>
          html`<span class="fall-bar" data-stretch=${name} title=${`${t(`stretch.${name}`)} ${formatSeconds((to - from) / 1000)}`}
            ref=${(element) => place(element, { left: share(from), width: Math.max(share(to) - share(from), 0.4) })}></span>`,
      )}
    </span>
    <span class="fall-words" data-state=${step.state}>${stateWords(step, now)}</span>
  </li>`;
}

function Axis({ span }) {
  const seconds = span / 1000;
  const step = tickStep(seconds);
  const ticks = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step);
  return html`<div class="fall-axis" aria-hidden="true"><span class="fall-name"></span><span class="fall-track">
    ${ticks.map(
      (tick) => html`<span class="fall-tick" ref=${(element) => place(element, { left: (tick / seconds) * 100 })}>
        ${tick ? formatSeconds(tick).replace(".0", "") : "0"}
      </span>`,
    )}
  </span><span class="fall-words"></span></div>`;
}

/** What all of it took: calls, tokens, money. */
function Totals({ design: { usage, effort } }) {
  if (!usage?.calls) return null;
  const tokens = (usage.input_tokens || 0) + (usage.output_tokens || 0);
  const told = [
    t(`effort.${effort}`),
    t("calls", { n: usage.calls }),
    tokens && formatTokens(tokens),
    usage.cost_usd && formatCost(usage.cost_usd),
  ];
  return html`<span>${told.filter(Boolean).join(" · ")}</span>`;
}

/** @param {{design: Snapshot, reached: boolean}} props while the server is not `reached`, nobody knows how long a step has run */
export function Waterfall({ design, reached }) {
  const { steps } = design;
  const moving = reached && steps.some(isPending);
  const now = useNow(moving);
  const { shown, origin, end } = findBurst(steps, now);
  if (!origin) return html`<p class="hint">${t("nothingStarted")}</p>`;
  const span = Math.max(end - origin, 300) * 1.02;
  const earlier = steps.length - shown.length;
  return html`<div class="waterfall">
    <${Axis} span=${span} />
    <ol>${inReadingOrder(shown).map((step) => html`<${Row} key=${`${step.kind}/${step.part}`} ...${{ step, origin, span, now }} />`)}</ol>
    <p class="legend hint">
      ${["queued", "asking", "writing"].map(
        (name) =>
          html`<span class="legend-entry"><span class="fall-bar" data-stretch=${name}></span>${t(`stretch.${name}`)}</span>`,
      )}
      <${Totals} design=${design} />
      ${earlier > 0 && html`<span>${t("madeEarlier", { n: earlier })}</span>`}
    </p>
  </div>`;
}
