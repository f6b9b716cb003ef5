/** A diagram to look at closely and to take along. */
import { keywordOf } from "../catalogue.js";
import { html, useMemo, useRef } from "../dom.js";
import { withMarks } from "../erd/heads.js";
import { useModel } from "../erd/picture.js";
import { ErViewer } from "../erd/viewer.js";
import { t } from "../i18n.js";
import { Menu } from "../menu.js";
import { copyText, downloadFile } from "../save.js";
import { StoryViewer } from "../sequence/viewer.js";
import { Drawn } from "../viewer/drawn.js";
import { drawDiagram, toPng } from "./drawing.js";
import { useDrawing } from "./picture.js";
import { cutToDrawable } from "./prefix.js";

/** @param {{source: string, name: string}} props what is taken along is always drawn light, for paper and slides */
export function DiagramMenu({ source, name }) {
  const takeDrawing = async (save) => {
    const drawing = await drawDiagram(source, false);
    if (drawing) save(drawing);
  };
  return html`<${Menu} label=${t("download")} icon="download" entries=${[
    { label: "SVG", onChoose: () => takeDrawing(({ svg }) => downloadFile(`${name}.svg`, svg, "image/svg+xml")) },
    { label: "PNG", onChoose: () => takeDrawing(async (drawing) => downloadFile(`${name}.png`, await toPng(drawing))) },
    { label: t("sourceFile"), hint: `${name}.mmd`, onChoose: () => downloadFile(`${name}.mmd`, source) },
    { label: t("copySource"), onChoose: () => copyText(source) },
  ]} />`;
}

/** The last model that could be read, for as long as a text is edited. */
function useLastModel(kind, text, whole) {
  const last = useRef(/** @type {import("../erd/reading.js").Model | null} */ (null));
  const drawable = whole ? text : cutToDrawable(keywordOf(kind), text);
  const model = useModel(keywordOf(kind) === "erDiagram" ? drawable : "");
  if (model) last.current = model;
  return { model, last: last.current };
}

/**
 * @param {{kind: string, text: string, whole: boolean, title: string, marks?: Record<string, string> | null, broken?: number[], editable?: boolean}} props
 *   `marks`: what a change would make of `Tool`, `Tool.name`, `Tool-Loan`; `editable`: its tables lead to the editor; `broken`: the places of a story's messages that did not run
 */
export function Diagram({ kind, text, whole, title, marks = null, broken = [], editable = false }) {
  const { model: plain, last } = useLastModel(kind, text, whole);
  const model = useMemo(() => (plain && marks ? withMarks(plain, marks) : plain), [plain, marks]);
  // What the page draws itself does not need Mermaid at all.
  const { drawing, failed } = useDrawing(kind, model ? "" : text, whole);
  if (model || (last && !drawing && (failed || !whole)))
    return html`<${ErViewer} model=${model ?? last} title=${title} editable=${editable} note=${model || !whole ? "" : t("diagram.lastGood")} />`;
  const shown = { drawing, failed, title, broken };
  if (keywordOf(kind) === "sequenceDiagram" && whole) return html`<${StoryViewer} text=${text} ...${shown} />`;
  return html`<${Drawn} ...${shown} />`;
}
