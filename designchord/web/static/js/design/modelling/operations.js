/** What a person does to a blueprint, as operations. `was` is what stood there: what somebody else changed meanwhile is
 * told then, and not overwritten. */

/** @param {string} what @param {string} id @param {Record<string, any>} set @param {Record<string, any>} thing as it stands */
export function change(what, id, set, thing) {
  const known = Object.entries(set).filter(([name]) => name in thing);
  const was = known.length ? { was: Object.fromEntries(known.map(([name]) => [name, thing[name]])) } : {};
  return { do: "change", what, id, set, ...was };
}
export const rename = (what, id, to) => ({ do: "rename", what, id, to });
export const remove = (what, id) => ({ do: "remove", what, id });
export const move = (what, id, to) => ({ do: "move", what, id, to });
export const add = (what, value, owner = "") => ({ do: "add", what, value, ...(owner ? { in: owner } : {}) });

/** Relations go by their sides; of several between the same ones the later have a number. */
export function addressesOf(relations) {
  const seen = new Map();
  return relations.map(({ source, target }) => {
    const key = `${source}-${target}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return seen.get(key) > 1 ? `${key}#${seen.get(key)}` : key;
  });
}

/** A number that no requirement has or had. @param {Record<string, any>} plan */
export function nextRequirement({ requirements = [], former = [] }) {
  return `R${Math.max(0, ...[...requirements, ...former].map(({ id }) => Number(id.slice(1)))) + 1}`;
}
