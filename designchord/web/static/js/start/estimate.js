/** What the design would probably take, shown before it is started. */
import { api } from "../api.js";
import { html, useEffect, useState } from "../dom.js";
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

/** @param {{estimate: Estimate | null}} props */
export function EstimateLine({ estimate }) {
  if (!estimate) return html`<p class="hint estimate" role="status"></p>`;
  if (!estimate.calls) return html`<p class="hint estimate" role="status">${t("estimate.offline")}</p>`;
  const said = [
    t("estimate.calls", { n: estimate.calls }),
    formatTokens(estimate.input_tokens + estimate.output_tokens),
    estimate.cost_usd === null ? t("estimate.noPrice") : formatCost(estimate.cost_usd),
    ...(estimate.seconds === null ? [] : [formatSeconds(estimate.seconds)]),
  ];
  return html`<p class="hint estimate" role="status">${t("estimate.about", { what: said.join(" · ") })}</p>`;
}
