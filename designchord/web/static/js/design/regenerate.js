/** Ask for an artifact anew, saying what should be different. */
import { api } from "../api.js";
import { limitOf } from "../catalogue.js";
import { html, useEffect, useRef, useState } from "../dom.js";
import { attempt } from "../failure.js";
import { t } from "../i18n.js";

/** @param {{designId: string, item: Made, model: string, onDone: () => void}} props */
export function RegenerateForm({ designId, item, model, onDone }) {
  const byRules = model === "offline";
  const [feedback, setFeedback] = useState("");
  const [sending, setSending] = useState(false);
  const field = useRef(null);
  useEffect(() => field.current?.focus(), []);
  const send = async (event) => {
    event.preventDefault();
    setSending(true);
    const done = await attempt(() => api.regenerate(designId, item, feedback.trim() || undefined));
    setSending(false);
    if (done) onDone();
  };
  return html`<form class="again" onSubmit=${send} onKeyDown=${(event) => event.key === "Escape" && onDone()}>
    ${
      byRules
        ? html`<p>${t("feedback.rules")}</p>`
        : html`<label class="label" for="feedback">${t("feedback")}</label>
    <textarea id="feedback" class="field" rows="3" ref=${field} maxlength=${limitOf("feedback")} value=${feedback}
      placeholder=${t("feedback.placeholder")} onInput=${(event) => setFeedback(event.target.value)}></textarea>
`
    }
    <p class="hint">${t("feedback.hint")}</p>
    <div class="actions">
      <button class="button quiet" type="button" onClick=${onDone}>${t("cancel")}</button>
      <button class="button primary" type="submit" disabled=${sending}>${t("regenerate")}</button>
    </div>
  </form>`;
}
