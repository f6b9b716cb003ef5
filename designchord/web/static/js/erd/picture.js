/** An entity-relationship diagram as the page draws it: real text, to point at, to search and to select. */
import { classes, html, useMemo } from "../dom.js";
import { headOf } from "./heads.js";
import { HEAD, ROW, layOut, letterSize } from "./layout.js";
import { routeLink } from "./links.js";
import { FONT, measure } from "./measuring.js";
import { readModel } from "./reading.js";
import { findSections } from "./sections.js";

export const LEVELS = /** @type {const} */ (["names", "keys", "all"]);
/** Letters smaller than this are not read. */
const READABLE_PX = 9;

/** The richest level that is still readable when the whole stands on the stage. */
export function layOutReadably(model, sections, stage) {
  const tried = LEVELS.map((level) => ({ level, layout: layOut(model, sections, level, stage) }));
  const readable = tried.filter(({ level, layout }) => letterSize(level, layout.scale) >= READABLE_PX);
  return readable.at(-1) ?? tried[0];
}

function Head({ table, box }) {
  const { label, name } = headOf(table);
  return html`<text class="er-label" x=${box.x + 10} y=${box.y + HEAD / 2 + FONT.head * 0.36}>${label}</text>
    ${name && html`<text class="er-name" x=${box.x + 18 + measure("head", label)} y=${box.y + HEAD / 2 + FONT.head * 0.36}>${name}</text>`}`;
}

function Row({ column, box, place, hit }) {
  const y = box.y + HEAD + 3 + place * ROW;
  const line = y + ROW / 2 + FONT.row * 0.36;
  return html`<g class=${classes("er-row", hit && "hit", column.mark)}>
    <rect x=${box.x + 1} y=${y} width=${box.width - 2} height=${ROW} />
    <text class="er-column" x=${box.x + 10} y=${line}>${column.name}</text>
    ${column.keys.length > 0 && html`<text class="er-key" x=${box.x + 18 + measure("row", column.name)} y=${line}>${column.keys.join(" ")}</text>`}
    <text class="er-type" x=${box.x + box.width - 10} y=${line}>${column.type}</text>
    ${column.comment && html`<title>${column.comment}</title>`}
  </g>`;
}

function Table({ table, box, look, words }) {
  const hit = words && headOf(table).label.toLowerCase().includes(words);
  return html`<g class=${classes("er-table", look, hit && "hit", table.mark)} data-name=${table.name}>
    <rect class="er-body" x=${box.x} y=${box.y} width=${box.width} height=${box.height} rx="5" />
    <path class="er-head" d=${`M${box.x} ${box.y + HEAD}v${5 - HEAD}a5 5 0 0 1 5-5h${box.width - 10}a5 5 0 0 1 5 5v${HEAD - 5}z`} />
    <${Head} table=${table} box=${box} />
    ${box.columns.map((column, place) => html`<${Row} key=${column.name} column=${column} box=${box} place=${place} hit=${words && column.name.includes(words)} />`)}
  </g>`;
}

/** Where along a line its words may stand, the best place first. */
const PLACES = [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78];

const meets = (one, other) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

/** What lines say, each where it hides neither a table nor other words; left out where there is no such place. */
function placeTags(links, boxes) {
  const taken = [...boxes.values()];
  return links.flatMap((link) => {
    const route = link.label ? routeLink(link, boxes) : null;
    if (!route) return [];
    const width = measure("row", link.label) + 10;
    const tagAt = (t) => ({ x: route.at(t).x - width / 2, y: route.at(t).y - 9, width, height: 18 });
    const free = PLACES.map(tagAt).find((tag) => !taken.some((other) => meets(tag, other)));
    if (!free) return [];
    taken.push(free);
    return [{ link, tag: free }];
  });
}

function Tag({ link, tag, look }) {
  return html`<g class=${classes("er-link", look, link.mark)}><rect class="er-tag" x=${tag.x} y=${tag.y} width=${tag.width} height="18" rx="4" />
    <text class="er-verb" x=${tag.x + tag.width / 2} y=${tag.y + 13}>${link.label}</text></g>`;
}

function Line({ link, boxes, look }) {
  const route = routeLink(link, boxes);
  if (!route) return null;
  return html`<g class=${classes("er-link", look, link.dashed && "dashed", link.mark)}>
    <path class="er-line" d=${route.path} />
    ${route.feet.map(({ path, ring }) => html`<path class="er-foot" d=${path} />${ring && html`<circle cx=${ring.x} cy=${ring.y} r="4" />`}`)}
    ${link.label && html`<title>${link.label}</title>`}
  </g>`;
}

const Block = ({
  block,
}) => html`<g class="er-section"><rect x=${block.x} y=${block.y} width=${block.width} height=${block.height} rx="8" />
  <text x=${block.x + 14} y=${block.y + 18}>${block.label}</text></g>`;

/**
 * @param {{model: import("./reading.js").Model, layout: import("./layout.js").Layout, near?: Set<string> | null,
 *   focused?: string, words?: string, verbs?: boolean, label?: string}} props
 *   `near`: what stays bright while a table is in focus; `verbs`: what each line says stands beside it
 */
export function ErPicture({ model, layout, near = null, focused = "", words = "", verbs = false, label = "" }) {
  const touches = ({ source, target }) => source === focused || target === focused;
  const tableLook = ({ name }) => (near ? (name === focused ? "focused" : near.has(name) ? "near" : "dim") : "");
  const lineLook = (link) => (near ? (touches(link) ? "near" : "dim") : "");
  const told = near ? model.links.filter(touches) : verbs ? model.links : [];
  const front = near ? told : [];
  return html`<svg class="er" width=${layout.width} height=${layout.height} viewBox=${`0 0 ${layout.width} ${layout.height}`}
      role="img" aria-label=${label}>
    ${layout.blocks.length > 1 && layout.blocks.map((block) => html`<${Block} key=${block.name} block=${block} />`)}
    ${model.links.map((link) => html`<${Line} link=${link} boxes=${layout.boxes} look=${lineLook(link)} />`)}
    ${model.tables.map((table) => html`<${Table} key=${table.name} table=${table} box=${layout.boxes.get(table.name)} look=${tableLook(table)} words=${words} />`)}
    ${front.map((link) => html`<${Line} link=${link} boxes=${layout.boxes} look=${lineLook(link)} />`)}
    ${placeTags(told, layout.boxes).map(({ link, tag }) => html`<${Tag} link=${link} tag=${tag} look=${lineLook(link)} />`)}
  </svg>`;
}

/** The same text stands on several pictures at once: what was read and laid out last is not read and laid out again. */
const MOST_KEPT = 8;
const models = new Map();
const layouts = new WeakMap();

function modelOf(text) {
  if (!models.has(text)) {
    if (models.size >= MOST_KEPT) models.delete(models.keys().next().value);
    models.set(text, readModel(text));
  }
  return models.get(text);
}

/** @param {import("./reading.js").Model} model @param {{width: number, height: number}} stage */
function layoutOf(model, stage) {
  const kept = layouts.get(model) ?? new Map();
  layouts.set(model, kept);
  const size = `${stage.width} ${stage.height}`;
  if (!kept.has(size)) kept.set(size, layOutReadably(model, findSections(model), stage).layout);
  return kept.get(size);
}

/** A model as a small picture; null where only Mermaid can draw it. @param {string} text */
export function useModel(text) {
  return useMemo(() => modelOf(text), [text]);
}

/** @param {{model: import("./reading.js").Model, title: string, stage: {width: number, height: number}}} props */
export function ErThumbnail({ model, title, stage }) {
  const layout = layoutOf(model, stage);
  return html`<${ErPicture} model=${model} layout=${layout} label=${title} />`;
}
