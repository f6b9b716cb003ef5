/** The lines between tables: from side to side, with crow's feet at their ends. */
import { HEAD, ROW } from "./layout.js";

const FOOT = 12;
const squash = (text) => text.replace(/[_\s]/g, "").toLowerCase();

/** The row whose foreign key points to the other table, else the head. */
function rowOf(box, other) {
  const place = box.columns.findIndex(
    ({ name, keys }) => keys.includes("FK") && squash(name).startsWith(squash(other.name)),
  );
  return box.y + (place < 0 ? HEAD / 2 : HEAD + 3 + (place + 0.5) * ROW);
}

/** Which sides face each other; tables above each other are joined on one side, around the outside. */
function sidesOf(a, b) {
  if (b.x >= a.x + a.width + 8) return [1, -1];
  if (a.x >= b.x + b.width + 8) return [-1, 1];
  return [1, 1];
}

/** The sign at an end: a bar for one, three toes for many, a ring where there may be none. */
function footOf(end, x, y, side) {
  const at = (distance) => x + side * distance;
  const bar = (distance) => `M${at(distance)} ${y - 5}v10`;
  const toes = `M${at(FOOT)} ${y}L${x} ${y - 6}M${at(FOOT)} ${y}L${x} ${y + 6}`;
  const ring = { x: at(end === "some" ? FOOT + 4 : 12), y };
  if (end === "one") return { path: bar(5) + bar(9), ring: null };
  if (end === "maybe") return { path: bar(5), ring };
  return end === "many" ? { path: toes + bar(FOOT + 3), ring: null } : { path: toes, ring };
}

/**
 * @param {import("./reading.js").Link} link @param {Map<string, import("./layout.js").Box>} boxes
 * @returns {{path: string, feet: {path: string, ring: {x: number, y: number} | null}[], at: (t: number) => {x: number, y: number}} | null}
 */
export function routeLink(link, boxes) {
  const [a, b] = [boxes.get(link.source), boxes.get(link.target)];
  if (!a || !b) return null;
  const self = a === b;
  const [sideA, sideB] = self ? [1, 1] : sidesOf(a, b);
  const from = { x: sideA > 0 ? a.x + a.width : a.x, y: rowOf(a, b) + (self ? -6 : 0) };
  const to = { x: sideB > 0 ? b.x + b.width : b.x, y: rowOf(b, a) + (self ? 10 : 0) };
  const reach = sideA === sideB ? 34 : Math.max(28, Math.abs(to.x - from.x) / 2);
  const [c1, c2] = [from.x + sideA * reach, to.x + sideB * reach];
  const path = `M${from.x} ${from.y}C${c1} ${from.y} ${c2} ${to.y} ${to.x} ${to.y}`;
  /** @param {number} t how far along the line, from 0 to 1 */
  const at = (t) => {
    const [u, v] = [1 - t, 3 * t * (1 - t)];
    return {
      x: u ** 3 * from.x + v * (u * c1 + t * c2) + t ** 3 * to.x,
      y: (u ** 3 + v * u) * from.y + (v * t + t ** 3) * to.y,
    };
  };
  return { path, at, feet: [footOf(link.from, from.x, from.y, sideA), footOf(link.to, to.x, to.y, sideB)] };
}
