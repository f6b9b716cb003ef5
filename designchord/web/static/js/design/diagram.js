/** A diagram to look at closely and to take along. */
import { keywordOf } from "../catalogue.js";
import { html, useMemo, useRef, useState } from "../dom.js";
import { withMarks } from "../erd/heads.js";
import { useModel } from "../erd/picture.js";
import { ErViewer } from "../erd/viewer.js";
import { t } from "../i18n.js";
import { Menu } from "../menu.js";
import { markMessages } from "../running/marks.js";
import { copyText, downloadFile } from "../save.js";
import { LaneHeads, readLanes } from "../sequence/heads.js";
import { StepList } from "../sequence/steps.js";
import { InlineDrawing } from "../viewer/inline.js";
import { Stage } from "../viewer/stage.js";
import { useViewport } from "../viewer/viewport.js";
import { drawDiagram, toPng } from "./drawing.js";
import { useDrawing } from "./picture.js";
import { cutToDrawable } from "./prefix.js";

const PHONE = matchMedia("(max-width: 40rem)");

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

/** What Mermaid drew, on the stage; stories keep the names of their lanes in sight, and messages that broke are marked. */
function Drawn({ drawing, failed, title, broken, tools = null }) {
  const [lanes, setLanes] = useState(/** @type {ReturnType<typeof readLanes> | null} */ (null));
  const port = useViewport(drawing);
  const marks = broken.join();
  const onDrawn = (drawn) => {
    markMessages(drawn, broken);
    setLanes(readLanes(drawn));
  };
  const picture = useMemo(
    () => drawing && html`<${InlineDrawing} drawing=${drawing} label=${title} marks=${marks} onDrawn=${onDrawn} />`,
    [drawing, title, marks],
  );
  const shapes = useMemo(
    () => (lanes && drawing ? lanes.lanes.map(({ x }) => ({ x: x - 30, y: 0, width: 60, height: lanes.bottom })) : []),
    [lanes, drawing],
  );
  const over = html`${!drawing && html`<p class="stage-empty hint">${failed ? t("diagram.failed") : t("diagram.waiting")}</p>`}
    ${lanes && lanes.lanes.length > 0 && html`<${LaneHeads} ...${lanes} view=${port.view} />`}`;
  return html`<${Stage} title=${title} size=${drawing} port=${port} shapes=${shapes} tools=${tools} over=${over}
    note=${drawing && failed ? t("diagram.lastGood") : ""}>${picture}<//>`;
}

/** A story as a picture or as numbered steps, which a phone shows first. */
function StoryDrawn({ text, ...drawn }) {
  const [list, setList] = useState(PHONE.matches);
  const tools = html`<div class="diagram-tools"><div class="segments" role="group" aria-label=${t("view")}>
    <button type="button" aria-pressed=${String(!list)} onClick=${() => setList(false)}>${t("view.picture")}</button>
    <button type="button" aria-pressed=${String(list)} onClick=${() => setList(true)}>${t("view.steps")}</button>
  </div></div>`;
  if (!list) return html`<${Drawn} ...${drawn} tools=${tools} />`;
  return html`<div>${tools}<${StepList} text=${text} title=${drawn.title} broken=${drawn.broken} /></div>`;
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
  if (keywordOf(kind) === "sequenceDiagram" && whole) return html`<${StoryDrawn} text=${text} ...${shown} />`;
  return html`<${Drawn} ...${shown} />`;
}
