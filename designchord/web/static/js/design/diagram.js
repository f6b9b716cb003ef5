/** A diagram to look at closely and to take along. */
import { html, useRef } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";
import { Menu } from "../menu.js";
import { copyText, downloadFile } from "../save.js";
import { drawDiagram, toPng } from "./drawing.js";
import { useDrawing, useImageUrl } from "./picture.js";
import { useViewport } from "./viewport.js";

function Tool({ icon, label, onClick }) {
  return html`<button class="button quiet square" type="button" aria-label=${label} title=${label} onClick=${onClick}>
    <${Icon} name=${icon} />
  </button>`;
}

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

/** @param {{kind: string, text: string, whole: boolean, title: string}} props */
export function Diagram({ kind, text, whole, title }) {
  const { drawing, failed } = useDrawing(kind, text, whole);
  const url = useImageUrl(drawing);
  const stage = useRef(null);
  const { box, view, fit, zoom, handlers } = useViewport(drawing);
  const place = (image) => {
    if (!image || !drawing) return;
    image.style.width = `${drawing.width * view.scale}px`;
    image.style.transform = `translate(${view.x}px, ${view.y}px)`;
  };
  const fullScreen = () => (document.fullscreenElement ? document.exitFullscreen() : stage.current.requestFullscreen());
  return html`<figure class="diagram" ref=${stage}>
    <div class="stage" ref=${box} tabindex="0" role="group" aria-label=${t("diagram.keys", { title })} ...${handlers}>
      ${url && html`<img ref=${place} src=${url} alt=${title} draggable=${false} />`}
      ${!url && html`<p class="stage-empty hint">${failed ? t("diagram.failed") : t("diagram.waiting")}</p>`}
      ${url && failed && html`<p class="stage-note">${t("diagram.lastGood")}</p>`}
    </div>
    <div class="stage-tools" role="toolbar" aria-label=${t("diagram.tools")}>
      <${Tool} icon="minus" label=${t("zoomOut")} onClick=${() => zoom(0.8)} />
      <span class="zoom-level">${Math.round(view.scale * 100)}%</span>
      <${Tool} icon="plus" label=${t("zoomIn")} onClick=${() => zoom(1.25)} />
      <${Tool} icon="fit" label=${t("fit")} onClick=${() => fit()} />
      <${Tool} icon="expand" label=${t("fullScreen")} onClick=${fullScreen} />
    </div>
  </figure>`;
}
