/** How much a model is to write, and what the design would probably take, shown before it is started. */
import { api } from "../api.js";
import { html, useEffect, useState } from "../dom.js";
import { elaboratedWith, labelOf } from "../catalogue.js";
import { formatCost, formatSeconds, formatTokens } from "../format.js";
import { t } from "../i18n.js";

/** So long nothing may have been typed, in milliseconds. */
const PAUSE = 900;

/** The estimate of a brief, some time after it last changed; null while there is none. @param {object | null} brief */
export function useEstimate(brief) {
  const [estimate, setEstimate] = useState(null);
  const text = brief && JSON.stringify(brief);
  useEffect(() => {
    setEstimate(null);
    if (!text) return undefined;
    const leaving = new AbortController();
    const timer = setTimeout(() => {
      api
        .estimateDesign(JSON.parse(text), leaving.signal)
        .then(setEstimate)
        .catch(() => null);
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [text]);
  return estimate;
}

export const EFFORTS = ["quick", "standard", "thorough"];

/** What a design takes, in one line. @param {EffortEstimate} estimate */
function describe(estimate) {
  const { calls, cost_usd: cost, seconds, usable_seconds: usable } = estimate;
  return [
    t("estimate.calls", { n: calls }),
    formatTokens(estimate.input_tokens + estimate.output_tokens),
    cost === null ? t("estimate.noPrice") : formatCost(cost),
    seconds !== null && formatSeconds(seconds),
    usable !== null && seconds !== null && usable < seconds && t("estimate.usable", { time: formatSeconds(usable) }),
  ]
    .filter(Boolean)
    .join(" · ");
}

function Effort({ effort, chosen, estimate, onValue }) {
  const kinds = elaboratedWith(effort).map(labelOf).join(", ");
  return html`<label class="effort" data-chosen=${String(effort === chosen)}>
    <input type="radio" name="effort" value=${effort} checked=${effort === chosen} onChange=${() => onValue(effort)} />
    <span class="effort-name">${t(`effort.${effort}`)}</span>
    <span class="hint">${t(`effort.${effort}.hint`, { kinds })}</span>
    <span class="hint estimate">${estimate ? describe(estimate) : ""}</span>
  </label>`;
}

/**
 * The efforts beside each other, each with what it would take.
 * @param {{offline: boolean, value: string, estimate: Estimate | null, onValue: (effort: string) => void}} props
 */
export function EffortChoice({ offline, value, estimate, onValue }) {
  if (offline || (estimate && !estimate.calls))
    return html`<p class="hint estimate" role="status">${t("estimate.offline")}</p>`;
  const chosen = value || estimate?.effort || "standard";
  return html`<fieldset class="form-row efforts"><legend class="label">${t("form.effort")}</legend>
    <div class="effort-list" aria-live="polite">${EFFORTS.map(
      (effort) =>
        html`<${Effort} effort=${effort} chosen=${chosen} onValue=${onValue} estimate=${estimate?.efforts.find((one) => one.effort === effort)} />`,
    )}</div>
  </fieldset>`;
}
