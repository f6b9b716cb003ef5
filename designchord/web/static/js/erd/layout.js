/**
 * Where tables stand. Sections are blocks of a few columns; blocks are put in rows so that the whole has the shape of
 * the stage. A layered layout grows in one direction only: 30 tables are 6,000 px wide, and their letters 2 px high.
 */
import { headOf } from "./heads.js";
import { FONT, measure } from "./measuring.js";
import { columnsOf, neighboursOf } from "./reading.js";

export const HEAD = 28;
export const ROW = 18;
const PAD = 10;
const GAP = { x: 64, y: 14 };
const BLOCK = { pad: 14, title: 26, gap: 34 };
const MARGIN = 12;
/** How far a line goes out around tables above each other. */
const OUTSIDE = 30;
const MOST_COLUMNS = 3;

/**
 * @typedef {{name: string, x: number, y: number, width: number, height: number, columns: import("./reading.js").Column[]}} Box
 * @typedef {{name: string, label: string, x: number, y: number, width: number, height: number}} Block
 * @typedef {{width: number, height: number, boxes: Map<string, Box>, blocks: Block[]}} Layout
 */

export const typeWidth = (columns) => Math.max(0, ...columns.map(({ type }) => measure("row", type)));

/** @param {import("./reading.js").Table} table @param {string} level @returns {Box} */
function measureTable(table, level) {
  const columns = columnsOf(table, level);
  const head = headOf(table);
  const headWidth = measure("head", head.label) + (head.name ? measure("row", head.name) + 8 : 0);
  const rows = columns.map(({ name, keys }) => measure("row", name) + (keys.length ? 44 : 0));
  const width =
    Math.max(headWidth, Math.max(0, ...rows) + (columns.length ? typeWidth(columns) + 14 : 0), 72) + 2 * PAD;
  const height = HEAD + (columns.length ? columns.length * ROW + 6 : 0);
  return { name: table.name, x: 0, y: 0, width: Math.ceil(width), height, columns };
}

/** Tables of a section, the main one first, then outwards along the relations. */
function orderOutwards(model, section) {
  const inside = new Set(section.tables);
  const order = [section.name];
  for (let place = 0; place < order.length; place += 1)
    for (const next of section.tables)
      if (inside.has(next) && !order.includes(next) && neighboursOf(model, order[place]).has(next)) order.push(next);
  return [...order, ...section.tables.filter((name) => !order.includes(name))];
}

/** The boxes of a section in so many columns of about equal height, relative to the block's corner. */
function fillBlock(section, boxes, count, titled) {
  const top = titled ? BLOCK.title : BLOCK.pad;
  const total = boxes.reduce((sum, { height }) => sum + height + GAP.y, 0);
  const columns = /** @type {Box[][]} */ ([]);
  let filled = 0;
  for (const box of boxes) {
    const isFull = filled + box.height / 2 > (total / count) * columns.length;
    if (!columns.length || (columns.length < count && isFull)) columns.push([box]);
    else columns[columns.length - 1].push(box);
    filled += box.height + GAP.y;
  }
  let x = BLOCK.pad;
  let height = 0;
  const placed = /** @type {Box[]} */ ([]);
  for (const column of columns) {
    const width = Math.max(...column.map((box) => box.width));
    let y = top;
    for (const box of column) {
      placed.push({ ...box, x, y, width });
      y += box.height + GAP.y;
    }
    height = Math.max(height, y - GAP.y + BLOCK.pad);
    x += width + GAP.x;
  }
  return { section, placed, width: x - GAP.x + BLOCK.pad, height };
}

/** Blocks in rows no wider than `limit`, in their order. */
function packRows(blocks, limit) {
  const rows = [];
  for (const block of blocks) {
    const row = rows.at(-1);
    if (row && row.width + BLOCK.gap + block.width <= limit) {
      row.blocks.push(block);
      row.width += BLOCK.gap + block.width;
      row.height = Math.max(row.height, block.height);
    } else rows.push({ blocks: [block], width: block.width, height: block.height });
  }
  const width = Math.max(...rows.map((row) => row.width));
  const height = rows.reduce((sum, row) => sum + row.height + BLOCK.gap, -BLOCK.gap);
  return { rows, width, height };
}

/** Joined blocks beside each other: each next one is joined most with those that stand already. */
function inChain(sections, links) {
  const joined = (one, others) =>
    links.filter(
      ({ source, target }) =>
        (one.tables.includes(source) && others.some(({ tables }) => tables.includes(target))) ||
        (one.tables.includes(target) && others.some(({ tables }) => tables.includes(source))),
    ).length;
  const [first, ...rest] = [...sections].sort((a, b) => b.tables.length - a.tables.length);
  const chain = first ? [first] : [];
  while (rest.length) {
    const near = chain.slice(-2);
    rest.sort((a, b) => joined(b, near) - joined(a, near) || joined(b, chain) - joined(a, chain));
    chain.push(rest.shift());
  }
  return chain;
}

/** Every way to fill and pack, the one with the largest letters on the stage first. */
function findPacking(sections, boxesOf, stage) {
  const titled = sections.length > 1;
  let best = /** @type {any} */ (null);
  for (let count = 1; count <= MOST_COLUMNS; count += 1) {
    const blocks = sections.map((section) => fillBlock(section, boxesOf(section), count, titled));
    const widest = Math.max(...blocks.map(({ width }) => width));
    const whole = blocks.reduce((sum, { width }) => sum + width + BLOCK.gap, 0);
    for (let step = 0; step <= 24; step += 1) {
      const packing = packRows(blocks, widest + ((whole - widest) * step) / 24);
      const scale = Math.min(
        stage.width / (packing.width + 2 * MARGIN),
        stage.height / (packing.height + 2 * MARGIN),
        1,
      );
      const waste = packing.width * packing.height * 1e-9;
      if (!best || scale - waste > best.score) best = { ...packing, scale, score: scale - waste };
    }
  }
  return best;
}

/** How far right a line goes that joins two tables above each other, with what it says. */
function rightOf({ source, target, label }, boxes) {
  const [a, b] = [boxes.get(source), boxes.get(target)];
  if (!a || !b || b.x >= a.x + a.width + 8 || a.x >= b.x + b.width + 8) return 0;
  return Math.max(a.x + a.width, b.x + b.width) + OUTSIDE + measure("row", label) / 2;
}

/**
 * @param {import("./reading.js").Model} model @param {import("./sections.js").Section[]} sections
 * @param {string} level @param {{width: number, height: number}} stage @returns {Layout & {scale: number}}
 */
export function layOut(model, sections, level, stage) {
  const measured = new Map(model.tables.map((table) => [table.name, measureTable(table, level)]));
  const boxesOf = (section) => orderOutwards(model, section).map((name) => measured.get(name));
  const packing = findPacking(inChain(sections, model.links), boxesOf, stage);
  const boxes = new Map();
  const blocks = [];
  let y = MARGIN;
  for (const row of packing.rows) {
    // What is left of the width goes between the blocks.
    const spare = (packing.width - row.width) / (row.blocks.length + 1);
    let x = MARGIN + (row.blocks.length > 1 ? spare : spare);
    for (const { section, placed, width, height } of row.blocks) {
      blocks.push({ name: section.name, label: section.label, x, y, width, height });
      for (const box of placed) boxes.set(box.name, { ...box, x: box.x + x, y: box.y + y });
      x += width + BLOCK.gap + (row.blocks.length > 1 ? spare * 0.5 : 0);
    }
    y += row.height + BLOCK.gap;
  }
  const right = Math.max(
    ...blocks.map((block) => block.x + block.width),
    ...model.links.map((link) => rightOf(link, boxes)),
  );
  return {
    width: Math.ceil(right + MARGIN),
    height: Math.ceil(y - BLOCK.gap + MARGIN),
    boxes,
    blocks,
    scale: packing.scale,
  };
}

/** How large the smallest letters are when the whole stands on the stage. */
export const letterSize = (level, scale) => (level === "names" ? FONT.head : FONT.row) * scale;
