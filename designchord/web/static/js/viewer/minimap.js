/** The whole picture in a corner, with what of it is on the stage; pressing on it goes there. */
import { html } from "../dom.js";

const SIZE = { width: 168, height: 110 };

/**
 * @param {{size: import("./viewport.js").Size, view: import("./viewport.js").View, box: {current: HTMLElement | null},
 *   shapes: {x: number, y: number, width: number, height: number}[], onMove: (x: number, y: number) => void}} props
 */
export function Minimap({ size, view, box, shapes, onMove }) {
  const { clientWidth = 0, clientHeight = 0 } = box.current ?? {};
  const inSight = { width: clientWidth / view.scale, height: clientHeight / view.scale };
  if (!clientWidth || (inSight.width >= size.width && inSight.height >= size.height)) return null;
  const scale = Math.min(SIZE.width / size.width, SIZE.height / size.height);
  const [x, y] = [-view.x / view.scale, -view.y / view.scale];
  const go = (event) => {
    if (event.type === "pointermove" && event.buttons !== 1) return;
    event.stopPropagation();
    const rect = event.currentTarget.getBoundingClientRect();
    const [toX, toY] = [(event.clientX - rect.left) / scale, (event.clientY - rect.top) / scale];
    onMove((x + inSight.width / 2 - toX) * view.scale, (y + inSight.height / 2 - toY) * view.scale);
  };
  return html`<svg class="minimap" aria-hidden="true" width=${Math.ceil(size.width * scale)} height=${Math.ceil(size.height * scale)}
      viewBox=${`0 0 ${size.width} ${size.height}`} onPointerDown=${go} onPointerMove=${go}>
    ${shapes.map((shape) => html`<rect x=${shape.x} y=${shape.y} width=${shape.width} height=${shape.height} />`)}
    <rect class="in-sight" x=${x} y=${y} width=${inSight.width} height=${inSight.height} />
  </svg>`;
}
