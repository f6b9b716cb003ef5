/** Which kinds of artifacts there are and how long texts may be: asked of the server once, before anything is shown. */
import { api } from "./api.js";
import { language } from "./i18n.js";

const RETRY_MS = 2000;

/**
 * @typedef {object} Kind
 * @property {string} name
 * @property {Record<string, string>} labels by language
 * @property {"markdown" | "mermaid" | "openapi" | "blueprint" | "json"} notation
 * @property {string} file with `{part}` where a design may have several
 * @property {string} keyword what its diagrams begin with
 * @property {boolean} drawn
 * @property {boolean} selectable whether a design can be made with or without it
 * @property {string[]} elaborated the efforts with which a model writes it
 *
 * @typedef {{title: number, content: number, requirements: number, feedback: number, source: number,
 *   idea_file: number}} Limits
 */

/** In reading order. @type {Kind[]} */
let kinds = [];

/** @type {Limits | null} */
let limits = null;

/** Ends when the server has answered, however long that takes. */
export async function loadCatalogue() {
  while (!limits) {
    try {
      const [listed, bounds] = await Promise.all([api.listKinds(), api.readLimits()]);
      kinds = listed.items;
      limits = bounds;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** @param {keyof Limits} name */
export const limitOf = (name) => limits?.[name] ?? Infinity;

/** @param {string} name */
const kindOf = (name) => kinds.find((kind) => kind.name === name);

/** The names of the kinds that a design can be made of. */
export const selectableKinds = () => kinds.filter((kind) => kind.selectable).map((kind) => kind.name);

/** @param {string} name */
export const labelOf = (name) => kindOf(name)?.labels[language] ?? kindOf(name)?.labels.en ?? name;

/** What a model writes with an effort, beside the blueprint. @param {string} effort */
export const elaboratedWith = (effort) =>
  kinds.filter((kind) => kind.selectable && kind.elaborated.includes(effort)).map((kind) => kind.name);

/** How a kind is written, and so how it is shown. @param {string} name */
export const notationOf = (name) => kindOf(name)?.notation ?? "text";

/** @param {string} name */
export const isDrawn = (name) => kindOf(name)?.drawn ?? false;

/** @param {string} name */
export const keywordOf = (name) => kindOf(name)?.keyword ?? "";

/** The name that a part is taken along under. @param {{kind: string, part: string}} place */
export const fileOf = ({ kind, part }) => (kindOf(kind)?.file ?? `${kind}.txt`).replace("{part}", part);

/** Whether a design has several of a kind. @param {string} name */
export const hasParts = (name) => kindOf(name)?.file.includes("{part}") ?? false;

/** Sorts by kind as people read: what everything follows from first, what it comes to last. */
export const byReadingOrder = (a, b) => placeOf(a.kind) - placeOf(b.kind);

function placeOf(name) {
  const place = kinds.findIndex((kind) => kind.name === name);
  return place < 0 ? kinds.length : place;
}
