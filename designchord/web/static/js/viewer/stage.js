/** The stage that every diagram is looked at on, whoever drew it. */
import { html, useRef, useState } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";
import { Minimap } from "./minimap.js";

const USED = "designchord.stage";

export function Tool({ icon, label, onClick, pressed }) {
  return html`<button class="button quiet square" type="button" aria-label=${label} title=${label} aria-pressed=${pressed === undefined ? null : String(pressed)} onClick=${onClick}>
    <${Icon} name=${icon} />
  </button>`;
}

/** How one moves about, told until somebody has done it once. */
function useHint() {
  const [used, setUsed] = useState(() => localStorage.getItem(USED) === "used");
  const learn = () => {
    if (used) return;
    localStorage.setItem(USED, "used");
    setUsed(true);
  };
  return { hint: used ? "" : t("stage.hint"), learn };
}

/**
 * @param {{title: string, size: import("./viewport.js").Size | null, port: import("./viewport.js").Port,
 *   shapes?: {x: number, y: number, width: number, height: number}[], tools?: unknown, over?: unknown, note?: string,
 *   children?: unknown, onPick?: (target: Element) => void, onEscape?: () => void}} props
 *   `tools` stand above the picture, `over` lies on it
 */
export function Stage({ title, size, port, shapes = [], tools, over, note, children, onPick, onEscape }) {
  const figure = useRef(null);
  const { hint, learn } = useHint();
  const { box, view, fit, zoom, move, handlers } = port;
  const place = (element) => {
    if (element) element.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
  };
  const pressed = useRef([0, 0]);
  const onPointerDown = (event) => {
    pressed.current = [event.clientX, event.clientY];
    handlers.onPointerDown(event);
  };
  const onClick = (event) => {
    const [x, y] = pressed.current;
    if (event.target.closest(".stage-over")) return;
    if (Math.hypot(event.clientX - x, event.clientY - y) < 4 && !getSelection()?.toString())
      onPick?.(event.composedPath()[0]);
  };
  const onKeyDown = (event) => {
    if (event.key === "Escape") onEscape?.();
    else handlers.onKeyDown(event);
  };
  const fullScreen = () =>
    document.fullscreenElement ? document.exitFullscreen() : figure.current.requestFullscreen();
  return html`<figure class="diagram" ref=${figure}>
    ${tools}
    <div class="stage" ref=${box} tabindex="0" role="group" aria-label=${t("diagram.keys", { title })} data-zoomed=${String(view.scale > 1)}
        ...${handlers} onPointerDown=${onPointerDown} onClick=${onClick} onKeyDown=${onKeyDown} onWheel=${learn} onPointerUp=${(
          event,
        ) => {
          learn();
          handlers.onPointerUp(event);
        }}>
      <div class="stage-picture" ref=${place}>${children}</div>
      ${note && html`<p class="stage-note">${note}</p>`}
      ${over}
      ${hint && size && html`<p class="stage-hint hint" aria-hidden="true">${hint}</p>`}
      ${size && html`<${Minimap} size=${size} view=${view} box=${box} shapes=${shapes} onMove=${move} />`}
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
