/** A blueprint's source as data, and what its things are called. */
import { useMemo } from "../dom.js";

const isRecord = (value) => Boolean(value) && typeof value === "object" && !Array.isArray(value);
export const listOf = (value) => (Array.isArray(value) ? value.filter(isRecord) : []);
export const word = (value) =>
  value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);

/** @param {string} source @returns {Record<string, any> | null} */
export function parseBlueprint(source) {
  try {
    const value = JSON.parse(source);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** The blueprint of a design, once there is one. @param {Snapshot} design */
export function blueprintOf(design) {
  const artifact = design.artifacts.find(({ kind }) => kind === "blueprint");
  return { artifact, plan: artifact ? parseBlueprint(artifact.revision.source) : null };
}

/** The blueprint among the parts of a design. @param {Item[]} items */
const sourceAmong = (items) => items.find(({ kind }) => kind === "blueprint")?.artifact?.revision.source ?? "";

/** What of a design is taken for granted: `Tool`, `Tool.name`, `Tool-Loan`, `listTools`, `borrow-tool`. @param {Item[]} items */
export function useAssumed(items) {
  const source = sourceAmong(items);
  return useMemo(() => {
    const plan = parseBlueprint(source);
    const named = (name, id) => listOf(plan?.[name]).flatMap((one) => (one.assumed ? id(one) : []));
    const attributes = listOf(plan?.entities).flatMap((entity) =>
      listOf(entity.attributes).flatMap(({ name, assumed }) => (assumed ? `${entity.name}.${name}` : [])),
    );
    return new Set([
      ...named("entities", ({ name }) => word(name)),
      ...attributes,
      ...named("relations", ({ source: from, target }) => `${from}-${target}`),
      ...named("operations", ({ id }) => word(id)),
      ...named("scenarios", ({ id }) => word(id)),
    ]);
  }, [source]);
}

/** @param {Record<string, any>} plan */
export function labelsOf(plan) {
  const names = new Map();
  for (const { id, label } of listOf(plan.actors)) names.set(`actor:${id}`, word(label) || word(id));
  for (const entity of listOf(plan.entities)) {
    names.set(`entity:${entity.name}`, word(entity.label) || word(entity.name));
    for (const { name, label } of listOf(entity.attributes))
      names.set(`attribute:${entity.name}.${name}`, word(label) || word(name).replaceAll("_", " "));
  }
  for (const { id, summary } of listOf(plan.operations)) names.set(`operation:${id}`, word(summary) || word(id));
  return names;
}
