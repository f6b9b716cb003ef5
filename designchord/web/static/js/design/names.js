/** The names of a design that somebody who writes in it may mean. */
import { t } from "../i18n.js";
import { listOf, parseBlueprint, word } from "./plan.js";

/** @param {string} source a blueprint's @returns {Name[]} */
export function namesOf(source) {
  const plan = parseBlueprint(source);
  if (!plan) return [];
  const name = (what, kind, given, label, owner = "") => ({
    name: word(given),
    label: word(label) || word(given),
    what: t(`thing.${what}`),
    kind,
    owner,
  });
  return [
    ...listOf(plan.entities).flatMap((entity) => [
      name("entity", "class", entity.name, entity.label),
      ...listOf(entity.attributes).map((each) =>
        name("attribute", "property", each.name, each.label, word(entity.name)),
      ),
    ]),
    ...listOf(plan.actors).map((each) => name("actor", "interface", each.id, each.label)),
    ...listOf(plan.operations).flatMap((each) => [
      name("operation", "function", each.id, each.summary),
      name("operation", "function", each.path, each.summary),
    ]),
    ...listOf(plan.scenarios).map((each) => name("scenario", "text", each.id, each.title)),
    ...listOf(plan.requirements).map((each) => name("requirement", "constant", each.id, each.text)),
  ].filter((each) => each.name);
}
