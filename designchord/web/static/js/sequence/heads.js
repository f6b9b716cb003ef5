/** The names of the lanes of a drawn story, kept in sight while one reads on. */
import { html } from "../dom.js";

/** @typedef {{label: string, x: number}} Lane */

/** @param {SVGElement} picture @returns {{lanes: Lane[], bottom: number}} in pixels of the picture */
export function readLanes(picture) {
  const [left, top] = (picture.getAttribute("viewBox") ?? "0 0 0 0").split(" ").map(Number);
  const number = (element, name) => Number(element.getAttribute(name));
  const lines = [...picture.querySelectorAll('[data-et="life-line"]')];
  const lanes = lines.map((line) => {
    const id = CSS.escape(line.getAttribute("data-id") ?? "");
    const words = [...picture.querySelectorAll(`[data-et="participant"][data-id="${id}"] text`)];
    return { label: words.map((word) => word.textContent).join(" "), x: number(line, "x1") - left };
  });
  const bottom = Math.max(0, ...lines.map((line) => number(line, "y1") - top));
  return { lanes: lanes.sort((a, b) => a.x - b.x), bottom };
}

/** @param {{lanes: Lane[], bottom: number, view: import("../viewer/viewport.js").View}} props */
export function LaneHeads({ lanes, bottom, view }) {
  if (view.y + bottom * view.scale > 8) return null;
  const narrowest = Math.min(...lanes.slice(1).map((lane, place) => lane.x - lanes[place].x), 200) * view.scale;
  const place = (x) => (element) => {
    if (!element) return;
    element.style.left = `${view.x + x * view.scale}px`;
    element.style.maxWidth = `${Math.max(narrowest - 4, 48)}px`;
  };
  return html`<div class="lane-heads" aria-hidden="true">${lanes.map(({ label, x }) => html`<span key=${x} ref=${place(x)}>${label}</span>`)}</div>`;
}
