/** A diagram in the pictures that can be read: the whole, or an overview and each of its sections. */
import { layOut } from "./layout.js";
import { layOutReadably } from "./picture.js";
import { cutOut, findSections } from "./sections.js";

/** With more lines than this, what they say stands only beside those in focus. */
export const MOST_VERBS = 14;

/** @typedef {{label: string, model: import("./reading.js").Model, layout: import("./layout.js").Layout, verbs: boolean}} Piece */

const pieceOf = (label, model, layout) => ({ label, model, layout, verbs: model.links.length <= MOST_VERBS });

/** Everything in one picture, however large. @param {import("./reading.js").Model} model @param {{width: number, height: number}} stage @returns {Piece} */
export const wholeOf = (model, stage) => pieceOf("", model, layOut(model, findSections(model), "all", stage));

/**
 * @param {import("./reading.js").Model} model @param {{width: number, height: number}} stage
 * @param {string} beyondLabel what stands above what a section is joined with outside
 * @returns {Piece[]}
 */
export function piecesOf(model, stage, beyondLabel) {
  const sections = findSections(model);
  const { level, layout } = layOutReadably(model, sections, stage);
  const first = pieceOf("", model, layout);
  if (level === "all") return [first];
  const rest = sections.map((section) => {
    const part = cutOut(model, section, beyondLabel);
    return pieceOf(section.label, part.model, layOut(part.model, part.sections, "all", stage));
  });
  return [first, ...rest];
}
