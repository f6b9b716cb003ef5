/** What operations do to the things they name, shown until the server says all that comes of them. */
import { addressesOf } from "./operations.js";

const LISTS = {
  actor: "actors",
  requirement: "requirements",
  entity: "entities",
  relation: "relations",
  operation: "operations",
  scenario: "scenarios",
};
const INNER = { attribute: ["entities", "attributes"], step: ["scenarios", "steps"] };
const nameOf = (thing) => thing.name ?? thing.id;
const namingField = (thing) => ("name" in thing ? "name" : "id");

/** The list that an operation is about, and a plan with another list in its place. */
function placeOf(plan, { what, id = "", in: owner }) {
  if (what in INNER) {
    const [listed, field] = INNER[what];
    const above = owner ?? id.slice(0, id.lastIndexOf("."));
    const things = plan[listed] ?? [];
    const holder = things.find((one) => nameOf(one) === above);
    return {
      items: holder?.[field] ?? [],
      put: (items) => ({
        ...plan,
        [listed]: things.map((one) => (one === holder ? { ...one, [field]: items } : one)),
      }),
    };
  }
  const listed = LISTS[what];
  return { items: plan[listed] ?? [], put: (items) => (listed ? { ...plan, [listed]: items } : plan) };
}

function indexOf({ what, id = "" }, items) {
  const last = id.slice(id.lastIndexOf(".") + 1);
  if (what === "step") return Number(last) - 1;
  if (what === "relation") return addressesOf(items).indexOf(id);
  return items.findIndex((one) => nameOf(one) === (what === "attribute" ? last : id));
}

/** @param {Record<string, any>} plan @param {Record<string, any>} operation @returns {Record<string, any>} */
function after(plan, operation) {
  const { items, put } = placeOf(plan, /** @type {any} */ (operation));
  if (operation.do === "add") return put([...items, operation.value]);
  const at = indexOf(/** @type {any} */ (operation), items);
  const thing = items[at];
  if (!thing) return plan;
  if (operation.do === "change") return put(items.with(at, { ...thing, ...operation.set }));
  if (operation.do === "rename") return put(items.with(at, { ...thing, [namingField(thing)]: operation.to }));
  if (operation.do === "replace") return put(items.with(at, operation.value));
  const rest = items.toSpliced(at, 1);
  return put(operation.do === "move" ? rest.toSpliced(operation.to, 0, thing) : rest);
}

/** @param {Record<string, any>} plan @param {Record<string, any>[]} operations */
export const foresee = (plan, operations) => operations.reduce(after, plan);
