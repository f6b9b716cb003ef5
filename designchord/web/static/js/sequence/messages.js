/** Where the messages of a drawn story stand, and those of them that were sought. */
import { html } from "../dom.js";

/** @typedef {{x: number, y: number, width: number, height: number}} Box in pixels of the picture */

/** A message's words stand above its arrow, in at most two lines. */
const WORDS = 46;

/** @param {SVGElement} picture @returns {Box[]} in the order of the messages */
export function readMessages(picture) {
  const [left, top] = (picture.getAttribute("viewBox") ?? "0 0 0 0").split(" ").map(Number);
  const arrows = /** @type {SVGGraphicsElement[]} */ ([...picture.querySelectorAll('[data-et="message"]')]);
  return arrows.map((arrow) => {
    const { x, y, width, height } = arrow.getBBox();
    return { x: x - left - 12, y: y - top - WORDS, width: width + 24, height: height + WORDS + 10 };
  });
}

/** @param {{messages: Box[], found: number[], goal: {place: number} | null, view: import("../viewer/viewport.js").View}} props */
export function Messages({ messages, found, goal, view }) {
  const place = (box) => (element) => {
    if (!element) return;
    element.style.left = `${view.x + box.x * view.scale}px`;
    element.style.top = `${view.y + box.y * view.scale}px`;
    element.style.width = `${box.width * view.scale}px`;
    element.style.height = `${box.height * view.scale}px`;
  };
  return html`<div class="found-messages" aria-hidden="true">${found.map(
    (number) =>
      messages[number] &&
      html`<span key=${number} data-here=${String(goal?.place === number)} ref=${place(messages[number])}></span>`,
  )}</div>`;
}
