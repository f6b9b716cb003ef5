/** What the server makes of a text as it is typed: its title, and its requirements with their numbers. */
import { api } from "../api.js";
import { html, useEffect, useState } from "../dom.js";
import { t } from "../i18n.js";

const PAUSE_MS = 350;

/** @typedef {{title: string, content: string, requirements: string, language: string, recognised: {id: string, text: string, kind: string, priority: string}[]}} Idea */

/** The reading of a text, soon after it last changed; the last one stays meanwhile. @param {string} text @returns {Idea | null} */
export function useIdea(text) {
  const [idea, setIdea] = useState(/** @type {Idea | null} */ (null));
  useEffect(() => {
    if (!text.trim()) {
      setIdea(null);
      return undefined;
    }
    const leaving = new AbortController();
    const timer = setTimeout(() => {
      api
        .readIdea(text, leaving.signal)
        .then(setIdea)
        .catch(() => null);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [text]);
  return idea;
}

/** @param {{idea: Idea | null}} props */
export function Recognised({ idea }) {
  const found = idea?.recognised ?? [];
  return html`<section class="recognised" aria-labelledby="recognised-title">
    <h2 id="recognised-title">${t("recognised.title")} ${found.length > 0 && html`<span class="count">${found.length}</span>`}</h2>
    ${
      found.length
        ? html`<ol class="plain recognised-list" tabindex="0" aria-labelledby="recognised-title">${found.map(
            ({ id, text, kind }) => html`<li key=${id}><code>${id}</code><span>${text}
              ${kind !== "functional" && html` <span class="badge">${t(`bp.kind.${kind}`)}</span>`}</span></li>`,
          )}</ol>`
        : html`<p class="hint">${t(idea ? "recognised.none" : "recognised.empty")}</p>`
    }
  </section>`;
}
