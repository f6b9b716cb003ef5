/** A change in the reader's language: said from what it is, not from sentences of the server. */
import { t, tOr } from "../i18n.js";

const LONGEST = 80;
const RELATION = { one_to_one: "1:1", one_to_many: "1:n", many_to_many: "n:m" };

const thing = (what) => tOr(`thing.${what}`, what);

/** A value in few words. @param {any} value @returns {string} */
function short(value) {
  if (typeof value === "boolean") return t(value ? "op.yes" : "op.no");
  const text = Array.isArray(value)
    ? value.map(short).join(", ")
    : value === null || value === undefined
      ? ""
      : String(value).replace(/\s+/g, " ").trim();
  if (!text) return t("op.nothing");
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** What an attribute is besides its name: `enum: good, worn, optional`. */
function typeOf({ type = "string", values, required, unique, references }) {
  const told = [values?.length ? `${type}: ${values.join(", ")}` : type];
  if (references) told.push(`→ ${references}`);
  if (required === false) told.push(t("op.optional"));
  if (unique) told.push(t("op.unique"));
  return told.join(", ");
}

function sayAdded({ what, in: owner, value }) {
  const name = String(value.name ?? value.id ?? "");
  const said = (told, key = "op.add", more = {}) => t(key, { what: thing(what), name: told, ...more });
  if (what === "attribute") return said(`${owner}.${name} (${typeOf(value)})`);
  if (what === "relation")
    return said(`${value.source} – ${value.target} (${RELATION[value.cardinality] ?? value.cardinality})`);
  if (what === "operation") return said(`${name} (${value.method} ${value.path})`);
  if (what === "step")
    return t("op.add.step", { name: owner, text: `${value.source} → ${value.target}: ${short(value.message)}` });
  return value.text ? said(name, "op.add.text", { text: short(value.text) }) : said(name);
}

function sayChanged({ what, id, set, was = {} }) {
  const fields = Object.entries(set)
    .map(([name, value]) => {
      const field = tOr(`field.${name}`, name);
      return name in was ? `${field}: ${short(was[name])} → ${short(value)}` : `${field}: ${short(value)}`;
    })
    .join("; ");
  if (what === "design") return t("op.change.design", { fields });
  if (what === "step") return sayStep("op.change.step", id, { fields });
  return t("op.change", { what: thing(what), name: id, fields });
}

/** Steps have no names of their own: `borrow-tool.3`. */
function sayStep(key, id, more = {}, place = "n") {
  const at = id.lastIndexOf(".");
  return t(key, { name: id.slice(0, at), [place]: id.slice(at + 1), ...more });
}

function sayLineage(operation) {
  const { id, value, by } = operation;
  if (operation.do === "replace") return t("op.replace", { name: id, by: value.id, text: short(value.text) });
  if (operation.do === "reinstate") return t("op.reinstate", { name: id });
  return by ? t("op.retire.by", { name: id, by }) : t("op.retire", { name: id });
}

/** One operation as a sentence. @param {Record<string, any>} operation @returns {string} */
export function sayOperation(operation) {
  const { what, id } = operation;
  switch (operation.do) {
    case "add":
      return sayAdded(/** @type {any} */ (operation));
    case "change":
      return sayChanged(/** @type {any} */ (operation));
    case "remove":
      return what === "step" ? sayStep("op.remove.step", id) : t("op.remove", { what: thing(what), name: id });
    case "rename":
      return t("op.rename", { what: thing(what), name: id, to: operation.to });
    case "move":
      return what === "step"
        ? sayStep("op.move.step", id, { n: operation.to + 1 }, "from")
        : t("op.move", { what: thing(what), name: id, n: operation.to + 1 });
    case "retire":
    case "replace":
    case "reinstate": {
      const told = sayLineage(operation);
      return operation.reason ? t("op.because", { told, reason: short(operation.reason) }) : told;
    }
    default:
      return operation.line ?? "";
  }
}

/**
 * Why an operation cannot be carried out.
 * @param {{code: string, message: string, values?: Record<string, string>}} refused
 * @param {Record<string, any>[]} operations those of its change
 */
export function sayRefusal({ code, message, values = {} }, operations) {
  if (values.belongs !== undefined) {
    const head = operations[Number(values.belongs)];
    return t("refusal.belongs", { told: head ? sayOperation(head) : "" });
  }
  const said = { ...values, message, what: values.what ? thing(values.what) : "" };
  const key = tOr(`refusal.${values.reason}`, "") ? `refusal.${values.reason}` : `refusal.${code}`;
  return tOr(key, "") ? t(key, said) : message;
}

/** What callers of the API see of a change. @param {{because: string[], reasons: {code: string, values: Record<string, string>}[]}} call */
export const sayReasons = ({ because, reasons }) =>
  reasons.map(({ code, values }, at) => (tOr(`api.${code}`, "") ? t(`api.${code}`, values) : because[at])).join(" ");
