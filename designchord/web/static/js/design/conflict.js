/** Where an edit by hand and a changed blueprint meet: both sides, a choice for each, and what comes of them. */
import { api } from "../api.js";
import { html, useEffect, useState } from "../dom.js";
import { attempt, describeFailure } from "../failure.js";
import { t } from "../i18n.js";
import { showToast } from "../toast.js";
import { Code } from "./code.js";

/** @typedef {{text: string | null, clash: {line: number, yours: string, theirs: string} | null}} Piece */

/** The whole text, by the side that was chosen of each clash. @param {Piece[]} pieces @param {Record<number, string>} sides */
export const putTogether = (pieces, sides) =>
  pieces.map(({ text, clash }, at) => text ?? clash?.[sides[at] === "theirs" ? "theirs" : "yours"] ?? "").join("");

function Side({ name, side, text, chosen, onChoose }) {
  return html`<label class="clash" data-side=${side}><span><input type="radio" name=${name} checked=${chosen} onChange=${onChoose} /> ${t(`clash.${side}`)}</span><pre>${text || " "}</pre></label>`;
}

/**
 * @param {{designId: string, item: Made, onDone: () => void}} props
 */
export function Conflict({ designId, item, onDone }) {
  const [found, setFound] = useState(/** @type {{number: number, pieces: Piece[]} | null} */ (null));
  const [problem, setProblem] = useState("");
  const [sides, setSides] = useState(/** @type {Record<number, string>} */ ({}));
  const [saving, setSaving] = useState(false);
  const [tried, setTried] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setFound(null);
    setSides({});
    api.readConflict(designId, item, abort.signal).then(setFound, (error) => {
      if (error.name !== "AbortError") setProblem(describeFailure(error));
    });
    return () => abort.abort();
  }, [designId, item.key, tried]);
  if (problem) return html`<p class="notice warning" role="alert">${problem}</p>`;
  if (!found) return html`<p class="hint">${t("loading")}</p>`;
  const { pieces } = found;
  const places = pieces.map((_, at) => at).filter((at) => pieces[at].clash);
  const decided = places.every((at) => at in sides);
  const save = async () => {
    setSaving(true);
    const done = await attempt(() => api.save(designId, item, putTogether(pieces, sides), found.number));
    setSaving(false);
    // Somebody else may have saved meanwhile: then there are other places to choose in.
    if (!done) return setTried(tried + 1);
    showToast(t("clash.done"));
    onDone();
  };
  return html`<section class="conflict" aria-labelledby="conflict-title"><h3 id="conflict-title">${t("clash.title")}</h3><p class="hint">${t("clash.hint")}</p>
    ${places.map((at, place) => {
      const { line, yours, theirs } = /** @type {NonNullable<Piece["clash"]>} */ (pieces[at].clash);
      const choose = (side) => () => setSides((last) => ({ ...last, [at]: side }));
      return html`<fieldset key=${at} class="sides"><legend>${t("clash.place", { n: place + 1, all: places.length, line })}</legend>
        <${Side} name=${`clash-${at}`} side="yours" text=${yours} chosen=${sides[at] === "yours"} onChoose=${choose("yours")} />
        <${Side} name=${`clash-${at}`} side="theirs" text=${theirs} chosen=${sides[at] === "theirs"} onChoose=${choose("theirs")} /></fieldset>`;
    })}
    ${decided && html`<h4>${t("clash.result")}</h4><${Code} text=${putTogether(pieces, sides)} label=${t("clash.result")} />`}
    <div class="actions"><button class="button quiet" type="button" onClick=${onDone}>${t("discard")}</button>
      <button class="button primary" type="button" disabled=${saving || !decided} onClick=${save}>${t("clash.save")}</button></div>
  </section>`;
}
