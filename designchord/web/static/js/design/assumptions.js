/** What the design takes for granted: each to confirm or to strike, and the questions that the text leaves open. */
import { api } from "../api.js";
import { html, useState } from "../dom.js";
import { attempt } from "../failure.js";
import { t } from "../i18n.js";
import { showToast } from "../toast.js";

function Assumption({ designId, entry, onSettled }) {
  const [busy, setBusy] = useState(false);
  const settle = async (verdict) => {
    setBusy(true);
    const done = await attempt(() => api.settle(designId, entry.id, verdict));
    setBusy(false);
    if (done) onSettled(verdict);
  };
  const button = (verdict) =>
    html`<button class="link" type="button" disabled=${busy} aria-label=${`${t(`assumption.${verdict}`)}: ${entry.text}`}
      onClick=${() => settle(verdict)}>${t(`assumption.${verdict}`)}</button>`;
  return html`<li class="assumption"><code>${entry.id}</code> <span>${entry.text}</span> <span class="verdicts">${button("confirm")}${button("strike")}</span></li>`;
}

/** @param {{designId: string, assumptions: {id: string, text: string}[], questions: string[]}} props */
export function ToConfirm({ designId, assumptions, questions }) {
  const onSettled = (verdict) => showToast(t(`assumption.${verdict}.done`));
  if (!assumptions.length && !questions.length) return null;
  return html`<section class="blueprint-section confirm"><h3>${t("toConfirm")} <span class="count">${assumptions.length + questions.length}</span></h3>
    <p class="hint">${t("toConfirm.hint")}</p>
    <ul class="plain">
      ${assumptions.map((entry) => html`<${Assumption} key=${entry.id} designId=${designId} entry=${entry} onSettled=${onSettled} />`)}
      ${questions.map((text) => html`<li><span class="badge">?</span> ${text}</li>`)}
    </ul></section>`;
}
