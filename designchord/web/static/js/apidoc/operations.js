/** What can be called, read out of an OpenAPI document: to list, to filter, to find its place in the page. */

const METHODS = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];

/**
 * @typedef {{id: string, method: string, path: string, summary: string, tag: string, requirements: string[], schemas: string[]}} Call
 * @typedef {{calls: Call[], schemas: string[], description: string}} Facts
 */

const isRecord = (value) => Boolean(value) && typeof value === "object" && !Array.isArray(value);
const text = (value) => (typeof value === "string" ? value : "");
const texts = (value) => (Array.isArray(value) ? value.map(String) : []);

/** @param {string} source @returns {Record<string, any> | null} */
export function parseSpec(source) {
  try {
    const spec = JSON.parse(source);
    return isRecord(spec?.paths) ? spec : null;
  } catch {
    return null;
  }
}

/** What can be called, as `[method, path]`; null when the source cannot be read. @param {string} source */
export function listCalls(source) {
  const spec = parseSpec(source);
  if (!spec) return null;
  return Object.entries(spec.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => isRecord(item?.[method])).map((method) => [method, path]),
  );
}

/** The schemas that something refers to. */
function namesIn(value) {
  const found = JSON.stringify(value ?? null).matchAll(/"#\/components\/schemas\/([^"/]+)"/g);
  return [...new Set([...found].map(([, name]) => name))];
}

/** @param {Record<string, any>} spec @returns {Facts} */
export function readFacts(spec) {
  const schemas = isRecord(spec.components?.schemas) ? spec.components.schemas : {};
  const reach = (operation) => {
    const direct = namesIn([operation.requestBody, operation.responses]);
    return [...new Set([...direct, ...direct.flatMap((name) => namesIn(schemas[name]))])];
  };
  const calls = Object.entries(spec.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => isRecord(item?.[method])).map((method) => {
      const operation = item[method];
      return {
        id: text(operation.operationId) || `${method.toUpperCase()} ${path}`,
        method,
        path,
        summary: text(operation.summary),
        tag: texts(operation.tags)[0] ?? "",
        requirements: texts(operation["x-requirements"]),
        schemas: reach(operation),
      };
    }),
  );
  return { calls, schemas: Object.keys(schemas), description: text(spec.info?.description) };
}

/** In the order of the document's tags. @param {Record<string, any>} spec @param {Call[]} calls @returns {[string, Call[]][]} */
export function groupByTag(spec, calls) {
  const told = (Array.isArray(spec.tags) ? spec.tags : []).map((tag) => text(tag?.name));
  const groups = Map.groupBy(calls, ({ tag }) => tag);
  const order = [...new Set([...told, ...groups.keys()])];
  return order.filter((tag) => groups.has(tag)).map((tag) => [tag, groups.get(tag) ?? []]);
}

/**
 * @param {Call[]} calls @param {string} words each of which has to be in it
 * @param {string} about `tag:…`, `requirement:…`, `entity:…` or nothing
 */
export function filterCalls(calls, words, about) {
  const sought = words.toLowerCase().split(/\s+/).filter(Boolean);
  const [what, name] = [about.slice(0, about.indexOf(":")), about.slice(about.indexOf(":") + 1)];
  return calls.filter((call) => {
    const { id, method, path, summary, tag, requirements, schemas } = call;
    const all = [id, method, path, summary, tag, ...requirements, ...schemas].join(" ").toLowerCase();
    if (!sought.every((word) => all.includes(word))) return false;
    if (what === "tag") return tag === name;
    if (what === "requirement") return requirements.includes(name);
    return what !== "entity" || schemas.includes(name);
  });
}
