/** Which messages of a drawn story did not run. */
import { readSteps } from "../sequence/reading.js";

const WORD = /[\p{L}\p{N}]/u;

/** Whether a text holds some words, and not only as a part of longer ones. */
function holds(text, words) {
  const at = words ? text.indexOf(words) : -1;
  return at >= 0 && !WORD.test(text[at - 1] ?? "") && !WORD.test(text[at + words.length] ?? "");
}

/** The place of the message that says one of some texts, the first text first. @param {string[]} texts */
function placeOf(steps, texts) {
  for (const text of texts) {
    const place = steps.findIndex((step) => holds(step.text, text.replace(/\s+/g, " ").trim()));
    if (place >= 0) return place;
  }
  return -1;
}

/**
 * The places (from 0) of the messages at which a story broke.
 * @param {string} source of the diagram @param {Story | undefined} story @returns {number[]}
 */
export function brokenMessages(source, story) {
  if (!story || story.ran) return [];
  const steps = readSteps(source).lines.filter(({ what }) => what === "step");
  const faults = story.workflows.flatMap((one) => one.steps.filter(({ fault }) => fault));
  const places = [
    ...faults.map(({ description = "", operation }) => placeOf(steps, [description, operation])),
    ...(story.gaps_at ?? []).map((message) => placeOf(steps, [message])),
  ];
  return [...new Set(places.filter((place) => place >= 0))];
}

/** Mark the arrows of messages in what Mermaid drew. @param {SVGElement} picture @param {number[]} broken */
export function markMessages(picture, broken) {
  const arrows = /** @type {SVGElement[]} */ ([...picture.querySelectorAll('[data-et="message"]')]);
  for (const place of broken) {
    const arrow = arrows[place];
    if (!arrow) continue;
    arrow.style.stroke = "var(--error)";
    arrow.style.strokeWidth = "4px";
    arrow.setAttribute("data-type", "broken");
  }
}
