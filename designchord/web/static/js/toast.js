/** Short messages at the foot of the page, with at most one action; read out politely. */
import { html, render, useEffect, useState } from "./dom.js";
import { t } from "./i18n.js";

/** @param {object} _toast */
let listen = (_toast) => {};
let count = 0;

/**
 * @param {string} text
 * @param {{action?: string, onAction?: () => void, error?: boolean}} [options]
 */
export function showToast(text, options = {}) {
  count += 1;
  listen({ id: count, text, ...options });
}

function Toasts() {
  const [toast, setToast] = useState(null);
  useEffect(() => {
    listen = setToast;
  }, []);
  useEffect(() => {
    if (!toast) return undefined;
    const timer = setTimeout(() => setToast(null), toast.action || toast.error ? 10_000 : 3500);
    return () => clearTimeout(timer);
  }, [toast]);
  const act = () => {
    setToast(null);
    toast.onAction();
  };
  return html`<div class="toasts" role="status" aria-live="polite">
    ${
      toast &&
      html`<div class=${toast.error ? "toast error" : "toast"} key=${toast.id}>
      <span>${toast.text}</span>
      ${toast.action && html`<button class="link" type="button" onClick=${act}>${toast.action}</button>`}
      <button class="link" type="button" onClick=${() => setToast(null)}>${t("dismiss")}</button>
    </div>`
    }
  </div>`;
}

const host = document.createElement("div");
document.body.append(host);
render(html`<${Toasts} />`, host);
