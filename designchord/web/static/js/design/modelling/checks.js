/** What can be said of a name or a line while it is typed, without asking the server. */
import { t } from "../../i18n.js";

const PASCAL = /^[A-Z][A-Za-z0-9]{0,63}$/;
const CAMEL = /^[a-z][A-Za-z0-9]{0,63}$/;
const FORMS = {
  actor: PASCAL,
  entity: PASCAL,
  attribute: /^[a-z][a-z0-9_]{0,63}$/,
  operation: CAMEL,
  scenario: /^[a-z0-9][a-z0-9-]{0,63}$/,
  path: /^(\/([a-z0-9][a-z0-9-]*|\{[a-z][a-z0-9_]*\}))+$/,
};
const SIDE = "[A-Z][A-Za-z0-9]*";
const CALL = /^(GET|POST|PUT|PATCH|DELETE)\s+(\/\S*)(?:\s+(.+))?$/i;
const RELATION = new RegExp(`^(${SIDE})\\s+(1:1|1:n|n:1|n:m)\\s+(${SIDE})(?:\\s*:\\s*(.+))?$`, "i");
const STEP = new RegExp(`^(${SIDE})\\s*(->|-->|→)\\s*(${SIDE})\\s*:\\s*(.+)$`);
const ACTOR = new RegExp(`^(${SIDE})(?:\\s*:\\s*(.+))?$`);
export const CARDINALITIES = { one_to_one: "1:1", one_to_many: "1:n", many_to_many: "n:m" };

const pascal = (word) => word.charAt(0).toUpperCase() + word.slice(1);
const singular = (word) => word.replace(/ies$/, "y").replace(/(ss|[^s])s$/, (_, kept) => kept);
const camel = (words) => words.map((word, at) => (at ? pascal(word) : word)).join("");

/**
 * Whether a name may stand there: a sentence that says what is wrong, or nothing.
 * @param {keyof typeof FORMS} sort @param {string[]} others names that are taken @param {string} own its name so far
 */
export const checkName =
  (sort, others, own = "") =>
  /** @param {string} name */
  (name) => {
    if (!FORMS[sort].test(name)) return t(`model.form.${sort}`);
    const same = sort === "entity" ? (other) => other.toLowerCase() === name.toLowerCase() : (other) => other === name;
    return name !== own && others.some((other) => other !== own && same(other)) ? t("model.taken", { name }) : "";
  };

export const checkText = (/** @type {string} */ text) => (text ? "" : t("model.empty"));

/** `Keeper: keeper of tools` @param {string} line */
export function readActor(line) {
  const found = ACTOR.exec(line);
  return found && { id: found[1], label: found[2] ?? found[1] };
}

/** `Member 1:n Loan: makes`; `n:1` the other way round. @param {string} line */
export function readRelation(line) {
  const found = RELATION.exec(line);
  if (!found) return null;
  const [, one, how, other, label] = found;
  const turned = how.toLowerCase() === "n:1";
  const cardinality = turned
    ? "one_to_many"
    : Object.keys(CARDINALITIES).find((name) => CARDINALITIES[name] === how.toLowerCase());
  return { source: turned ? other : one, target: turned ? one : other, cardinality, ...(label ? { label } : {}) };
}

/** What one of many may be: `shelves` → `shelve`, `shelf`. */
const singulars = (word) => [singular(word), word.replace(/es$/, ""), word.replace(/ves$/, "f"), word];

/** The entity that a segment of a path is about. @param {string} segment @param {{name: string}[]} entities */
function entityOf(segment, entities) {
  const words = segment.split("-");
  const named = singulars(words.at(-1) ?? "").map((last) => [...words.slice(0, -1), last].join("").toLowerCase());
  return entities.find(({ name }) => named.includes(name.toLowerCase()))?.name;
}

const VERBS = { GET: "list", POST: "create", PUT: "replace", PATCH: "update", DELETE: "delete" };

/** The id of a call: `POST /tools/{tool_id}/returns` → `createReturn`. */
function idOf(method, path, last, entity, taken) {
  const one = path.endsWith("}");
  const many = method === "GET" && !one;
  const words = last.split("-");
  const counted = camel([...words.slice(0, -1), singular(words.at(-1) ?? "")]);
  const named = (method === "GET" && one ? "get" : VERBS[method]) + pascal(many ? camel(words) : (entity ?? counted));
  let [id, n] = [named, 2];
  while (taken.includes(id)) id = `${named}${n++}`;
  return id;
}

/** `POST /payments Pay by card` @param {string} line @param {Record<string, any>} plan */
export function readCall(line, { operations = [], entities = [] }) {
  const found = CALL.exec(line);
  if (!found || !FORMS.path.test(found[2])) return null;
  const [method, path] = [found[1].toUpperCase(), found[2]];
  const last = path.split("/").findLast((one) => one && !one.startsWith("{")) ?? "it";
  const entity = entityOf(last, entities);
  const taken = operations.map(({ id }) => id);
  const id = idOf(method, path, last, entity, taken);
  return { id, method, path, summary: found[3] ?? id, ...(entity ? { entity } : {}) };
}

/** `Member -> System: borrows a tool`; `-->` for an answer. @param {string} line @param {string[]} sides */
export function readStep(line, sides) {
  const found = STEP.exec(line);
  if (!found || !sides.includes(found[1]) || !sides.includes(found[3])) return null;
  return { source: found[1], target: found[3], message: found[4], ...(found[2] === "-->" ? { kind: "reply" } : {}) };
}

/** An id for a story that is told by a title. @param {string} title @param {string[]} taken */
export function slugOf(title, taken) {
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? ["story"];
  const named = words.join("-").slice(0, 60).replace(/-+$/, "");
  let [id, n] = [named, 2];
  while (taken.includes(id)) id = `${named}-${n++}`;
  return id;
}
