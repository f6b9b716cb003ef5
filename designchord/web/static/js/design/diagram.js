/** A diagram to look at closely and to take along. */
import { keywordOf } from "../catalogue.js";
import { html, useMemo, useRef, useState } from "../dom.js";
import { withMarks } from "../erd/heads.js";
import { useModel } from "../erd/picture.js";
import { ErViewer } from "../erd/viewer.js";
import { t } from "../i18n.js";
import { Menu } from "../menu.js";
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

/** What Mermaid drew, on the stage; stories keep the names of their lanes in sight. */
function Drawn({ drawing, text, failed, title, steps }) {
  const [list, setList] = useState(steps && PHONE.matches);
  const [lanes, setLanes] = useState(/** @type {ReturnType<typeof readLanes> | null} */ (null));
  const port = useViewport(drawing);
  const picture = useMemo(
    () =>
      drawing &&
      html`<${InlineDrawing} drawing=${drawing} label=${title} onDrawn=${(drawn) => setLanes(readLanes(drawn))} />`,
    [drawing, title],
  );
  const shapes = useMemo(
    () => (lanes && drawing ? lanes.lanes.map(({ x }) => ({ x: x - 30, y: 0, width: 60, height: lanes.bottom })) : []),
    [lanes, drawing],
  );
  const tools =
    steps &&
    html`<div class="diagram-tools"><div class="segments" role="group" aria-label=${t("view")}>
      <button type="button" aria-pressed=${String(!list)} onClick=${() => setList(false)}>${t("view.picture")}</button>
      <button type="button" aria-pressed=${String(list)} onClick=${() => setList(true)}>${t("view.steps")}</button>
    </div></div>`;
  if (list) return html`<div>${tools}<${StepList} text=${text} title=${title} /></div>`;
  const over = html`${!drawing && html`<p class="stage-empty hint">${failed ? t("diagram.failed") : t("diagram.waiting")}</p>`}
    ${lanes && lanes.lanes.length > 0 && html`<${LaneHeads} ...${lanes} view=${port.view} />`}`;
  return html`<${Stage} title=${title} size=${drawing} port=${port} shapes=${shapes} tools=${tools} over=${over}
    note=${drawing && failed ? t("diagram.lastGood") : ""}>${picture}<//>`;
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
 * @param {{kind: string, text: string, whole: boolean, title: string, marks?: Record<string, string> | null}} props
 *   `marks`: what a change would make of `Tool`, `Tool.name`, `Tool-Loan`
 */
export function Diagram({ kind, text, whole, title, marks = null }) {
  const { model: plain, last } = useLastModel(kind, text, whole);
  const model = useMemo(() => (plain && marks ? withMarks(plain, marks) : plain), [plain, marks]);
  // What the page draws itself does not need Mermaid at all.
  const { drawing, failed } = useDrawing(kind, model ? "" : text, whole);
  if (model || (last && !drawing && (failed || !whole)))
    return html`<${ErViewer} model=${model ?? last} title=${title} note=${model || !whole ? "" : t("diagram.lastGood")} />`;
  const steps = keywordOf(kind) === "sequenceDiagram" && whole;
  return html`<${Drawn} drawing=${drawing} text=${text} failed=${failed} title=${title} steps=${steps} />`;
}
