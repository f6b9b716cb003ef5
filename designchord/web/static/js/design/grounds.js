/** Which words of the text led to a thing of the blueprint; told when a person points at it. */
import { api } from "../api.js";
import { html, useEffect, useState } from "../dom.js";
import { t } from "../i18n.js";

const keyOf = ({ kind, name }) => `${kind}:${name}`;

/** At most three reasons: more are not read in a tooltip. */
function describe(grounds) {
  const told = grounds.filter(({ words }) => words).slice(0, 3);
  return told
    .map(({ words, field, line }) => t("ground", { words, field: t(`field.${field || "content"}`), line }))
    .join("\n");
}

/** What a thing rests on, told when somebody asks: by mouse, by touch and by keyboard. @param {{text: string | undefined}} props */
export function Why({ text }) {
  // Its line is kept free while nothing is known yet, so that nothing moves under the pointer.
  if (!text) return html`<div class="why"></div>`;
  return html`<details class="why"><summary>${t("why")}</summary>${text.split("\n").map((line) => html`<p>${line}</p>`)}</details>`;
}

/**
 * A function from kind and name to the words behind it; empty until they are known and where there are none.
 * @param {string} designId @param {string} source the blueprint as it stands
 */
export function useGrounds(designId, source) {
  const [known, setKnown] = useState(() => new Map());
  useEffect(() => {
    const abort = new AbortController();
    api
      .explain(designId, abort.signal)
      .then(({ items }) => setKnown(Map.groupBy(items, keyOf)))
      .catch(() => null);
    return () => abort.abort();
  }, [designId, source]);
  return (kind, name) => describe(known.get(keyOf({ kind, name })) ?? []) || undefined;
}
