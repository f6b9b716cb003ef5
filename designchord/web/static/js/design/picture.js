/** A drawn diagram, kept as it was until the next good one: no flicker, no error boxes. */
import { keywordOf } from "../catalogue.js";
import { html, useEffect, useRef, useState } from "../dom.js";
import { ErThumbnail, useModel } from "../erd/picture.js";
import { isDark, onThemeChange } from "../theme.js";
import { useTurn } from "../turns.js";
import { drawDiagram } from "./drawing.js";
import { cutToDrawable } from "./prefix.js";

const PAUSE_MS = 200;
const MOST_LINES_BACK = 3;

/** Draw what can be drawn of unfinished text, going back line by line where the end does not parse. */
async function drawBeginning(kind, text) {
  for (let drop = 0; drop <= MOST_LINES_BACK; drop += 1) {
    const source = cutToDrawable(keywordOf(kind), text, drop);
    if (!source) return null;
    const drawing = await drawDiagram(source);
    if (drawing) return drawing;
  }
  return null;
}

/**
 * The newest good drawing of a text, drawn one at a time, always ending with the latest text.
 * @param {string} kind @param {string} text @param {boolean} whole
 */
export function useDrawing(kind, text, whole) {
  const [drawing, setDrawing] = useState(null);
  const [failed, setFailed] = useState(false);
  const job = useRef({
    wanted: /** @type {{kind: string, text: string, whole: boolean} | null} */ (null),
    busy: false,
    gone: false,
  });

  const run = async () => {
    const state = job.current;
    if (state.busy) return;
    state.busy = true;
    while (state.wanted && !state.gone) {
      const wanted = state.wanted;
      state.wanted = null;
      const began = performance.now();
      const next = await (wanted.whole ? drawDiagram(wanted.text) : drawBeginning(wanted.kind, wanted.text));
      if (state.gone) return;
      if (next) setDrawing(next);
      setFailed(!next && wanted.whole);
      // Never busier than idle, however slow drawing is here.
      const pause = Math.max(PAUSE_MS, performance.now() - began);
      if (!wanted.whole) await new Promise((resolve) => setTimeout(resolve, pause));
    }
    state.busy = false;
  };
  useEffect(() => {
    const ask = () => {
      job.current.wanted = text ? { kind, text, whole } : null;
      run();
    };
    ask();
    return onThemeChange(ask);
  }, [kind, text, whole]);
  useEffect(() => () => Object.assign(job.current, { gone: true, wanted: null }), []);
  return { drawing, failed };
}

/** The address of a drawing as an image; images run nothing and load nothing. */
export function useImageUrl(drawing) {
  const [url, setUrl] = useState(null);
  useEffect(() => {
    if (!drawing) return undefined;
    const next = URL.createObjectURL(new Blob([drawing.svg], { type: "image/svg+xml" }));
    let current = true;
    // Decoded before it is shown, so that the old picture stays until the new one can be painted at once.
    const image = new Image();
    image.src = next;
    image
      .decode()
      .catch(() => null)
      .then(() => current && setUrl(next));
    return () => {
      current = false;
      setTimeout(() => URL.revokeObjectURL(next), 2000);
    };
  }, [drawing]);
  return url;
}

/** How large a picture on a card is laid out. */
const CARD = { width: 560, height: 300 };

/** A small picture for a card; `otherwise` stands there until there is one. */
export function Thumbnail({ kind, text, whole, title, otherwise }) {
  const turn = useTurn();
  const isEr = keywordOf(kind) === "erDiagram";
  const model = useModel(isEr ? (whole ? text : cutToDrawable("erDiagram", text)) : "");
  const { drawing } = useDrawing(kind, model || !turn ? "" : text, whole);
  const url = useImageUrl(drawing);
  if (model)
    return html`<div class="thumbnail">${turn && html`<${ErThumbnail} model=${model} title=${title} stage=${CARD} />`}</div>`;
  if (!url) return otherwise;
  // The title stands beside it.
  return html`<div class="thumbnail"><img src=${url} alt="" data-dark=${String(isDark())} /></div>`;
}
