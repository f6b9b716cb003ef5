/** Which tables belong together: what is joined with each other more than with the rest. */

import { headOf } from "./heads.js";

/** A section with more tables than this is as hard to read as the whole. */
const MOST = 9;

/** @typedef {{name: string, label: string, tables: string[]}} Section */

/** How often each pair of groups is joined. */
function countJoins(links, groupOf) {
  const joins = new Map();
  for (const { source, target } of links) {
    const [one, other] = [groupOf.get(source), groupOf.get(target)].sort((a, b) => a - b);
    if (one === other) continue;
    const key = `${one} ${other}`;
    joins.set(key, (joins.get(key) ?? 0) + 1);
  }
  return joins;
}

/** @typedef {Map<number, string[]>} Groups */

/** Merges the two groups whose union gains most in modularity (Clauset, Newman and Moore), as long as it gains. */
function findMerge(groups, joins, degrees, total) {
  let best = { gain: 0, one: -1, other: -1 };
  for (const [key, count] of joins) {
    const [one, other] = key.split(" ").map(Number);
    if (groups.get(one).length + groups.get(other).length > MOST) continue;
    const gain = count / total - (degrees.get(one) * degrees.get(other)) / (2 * total * total);
    if (gain > best.gain) best = { gain, one, other };
  }
  return best.gain > 0 ? best : null;
}

/** @param {import("./reading.js").Model} model @returns {string[][]} */
function groupTables({ tables, links }) {
  const groups = new Map(tables.map(({ name }, place) => [place, [name]]));
  const groupOf = new Map(tables.map(({ name }, place) => [name, place]));
  const degrees = new Map(
    tables.map(({ name }, place) => [
      place,
      links.filter((link) => link.source === name || link.target === name).length,
    ]),
  );
  const total = Math.max(links.length, 1);
  for (;;) {
    const merge = findMerge(groups, countJoins(links, groupOf), degrees, total);
    if (!merge) return [...groups.values()];
    const { one, other } = merge;
    const joined = groups.get(other) ?? [];
    for (const name of joined) groupOf.set(name, one);
    groups.set(one, [...(groups.get(one) ?? []), ...joined]);
    degrees.set(one, (degrees.get(one) ?? 0) + (degrees.get(other) ?? 0));
    groups.delete(other);
  }
}

/** Tables that stand alone are collected; single ones that are joined go to where they are joined most. */
function gatherSingles(groups, links) {
  const large = groups.filter((group) => group.length > 1);
  const rest = [];
  for (const [name] of groups.filter((group) => group.length === 1)) {
    const joined = (group) =>
      links.filter(
        ({ source, target }) =>
          (source === name && group.includes(target)) || (target === name && group.includes(source)),
      ).length;
    const home = [...large]
      .sort((a, b) => joined(b) - joined(a))
      .find((group) => joined(group) && group.length <= MOST);
    if (home) home.push(name);
    else rest.push(name);
  }
  return { large, rest };
}

/**
 * Sections in the order of the text, each named after its most joined table.
 * @param {import("./reading.js").Model} model @returns {Section[]}
 */
export function findSections(model) {
  const places = new Map(model.tables.map(({ name }, place) => [name, place]));
  const order = (name) => places.get(name) ?? 0;
  const labels = new Map(model.tables.map(({ name, label }) => [name, label]));
  const degree = (name) => model.links.filter(({ source, target }) => source === name || target === name).length;
  const { large, rest } = gatherSingles(groupTables(model), model.links);
  const inOrder = (names) => [...names].sort((a, b) => order(a) - order(b));
  const chunks = Array.from({ length: Math.ceil(rest.length / MOST) }, (_, place) =>
    rest.slice(place * MOST, (place + 1) * MOST),
  );
  const sections = [...large, ...chunks].map((group) => {
    const tables = inOrder(group);
    const main = tables.reduce((best, name) => (degree(name) > degree(best) ? name : best), tables[0]);
    return { name: main, label: headOf({ name: main, label: labels.get(main) ?? main }).label, tables };
  });
  return sections.sort((a, b) => order(a.tables[0]) - order(b.tables[0]));
}

/**
 * A section by itself; what it is joined with outside stands beside it, without columns.
 * @param {import("./reading.js").Model} model @param {Section} section @param {string} beyondLabel
 */
export function cutOut(model, section, beyondLabel) {
  const inside = new Set(section.tables);
  const links = model.links.filter(({ source, target }) => inside.has(source) || inside.has(target));
  const beyond = new Set(links.flatMap(({ source, target }) => [source, target]).filter((name) => !inside.has(name)));
  const tables = model.tables
    .filter(({ name }) => inside.has(name) || beyond.has(name))
    .map((table) => (beyond.has(table.name) ? { ...table, columns: [] } : table));
  const outside = beyond.size ? [{ name: [...beyond][0], label: beyondLabel, tables: [...beyond] }] : [];
  return { model: { tables, links }, sections: [section, ...outside] };
}
