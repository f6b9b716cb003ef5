/** What was typed and not saved: it survives a reload until it is saved or thrown away. */

/** @param {string} name */
const keeper = (name) => ({
  read: () => JSON.parse(sessionStorage.getItem(name) || "null"),
  write: (/** @type {object} */ typed) => sessionStorage.setItem(name, JSON.stringify(typed)),
  clear: () => sessionStorage.removeItem(name),
});

/** The text of a part, and the version that it is based on. @param {string} designId @param {string} key */
export const draftOf = (designId, key) => keeper(`designchord.edit.${designId}.${key}`);

/** What the form of a blueprint came to. @param {string} designId */
export const operationsOf = (designId) => keeper(`designchord.model.${designId}`);

/** @param {string} designId @param {string} key */
export const hasDraft = (designId, key) => Boolean(draftOf(designId, key).read());

/** @param {string} designId */
export const hasOperations = (designId) => Boolean(operationsOf(designId).read()?.operations.length);
