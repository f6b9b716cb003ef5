/** JSON Schema as rows: name, type, meaning. References are followed on demand, so loops end by themselves. */
import { html, useState } from "../dom.js";
import { t } from "../i18n.js";

const isRecord = (value) => Boolean(value) && typeof value === "object" && !Array.isArray(value);

/** Foreign values are shown as text whatever they are. */
export function asText(value) {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What a local reference points to; the value itself when it is none. @returns {object} */
export function follow(spec, value) {
  const seen = new Set();
  let current = value;
  while (isRecord(current) && typeof current.$ref === "string" && !seen.has(current.$ref)) {
    seen.add(current.$ref);
    const path = current.$ref.startsWith("#/") ? current.$ref.slice(2).split("/") : [];
    current = path.reduce((node, name) => (isRecord(node) || Array.isArray(node) ? node[unescape(name)] : undefined), spec);
  }
  return isRecord(current) ? current : {};
}

const unescape = (name) => decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~");
const nameOf = (schema) => (typeof schema?.$ref === "string" ? schema.$ref.split("/").at(-1) : null);

/** A type in a few words: `Loan`, `string (date)`, `Item[]`, `active | closed`. */
export function describeType(spec, schema) {
  if (!isRecord(schema)) return "";
  const name = nameOf(schema);
  if (name) return name;
  for (const word of ["oneOf", "anyOf", "allOf"]) {
    if (Array.isArray(schema[word])) return schema[word].map((entry) => describeType(spec, entry)).join(word === "allOf" ? " & " : " | ");
  }
  if (Array.isArray(schema.enum)) return schema.enum.map(asText).join(" | ");
  if (schema.items) return `${describeType(spec, schema.items)}[]`;
  const type = Array.isArray(schema.type) ? schema.type.map(asText).join(" | ") : asText(schema.type);
  return schema.format ? `${type} (${asText(schema.format)})` : type || (schema.properties ? "object" : "");
}

function limitsOf(schema) {
  const words = ["minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "pattern", "default"];
  return words.filter((word) => schema[word] !== undefined).map((word) => `${word} ${asText(schema[word])}`).join(", ");
}

function propertiesOf(spec, schema) {
  const resolved = follow(spec, schema);
  const own = isRecord(resolved.properties) ? Object.entries(resolved.properties) : [];
  const inherited = Array.isArray(resolved.allOf) ? resolved.allOf.flatMap((entry) => propertiesOf(spec, entry).rows) : [];
  return { rows: [...inherited, ...own], required: Array.isArray(resolved.required) ? resolved.required : [] };
}

/** The schema whose properties are worth unfolding: the thing itself, or the entries of a list. */
function innerOf(spec, schema) {
  const resolved = follow(spec, schema);
  const inner = resolved.items ?? schema;
  return propertiesOf(spec, inner).rows.length ? inner : null;
}

function Property({ spec, name, schema, required, depth }) {
  const [open, setOpen] = useState(false);
  const inner = depth < 6 ? innerOf(spec, schema) : null;
  const own = follow(spec, schema);
  return html`<li class="property">
    <div class="property-head">
      <code>${name}</code>${required && html`<span class="required" title=${t("api.required")}>*</span>`}
      ${inner
        ? html`<button class="link type" type="button" aria-expanded=${String(open)} onClick=${() => setOpen(!open)}>${describeType(spec, schema)}</button>`
        : html`<span class="type">${describeType(spec, schema)}</span>`}
      <span class="hint">${[asText(schema?.description ?? own.description), limitsOf(own)].filter(Boolean).join(" · ")}</span>
    </div>
    ${open && inner && html`<${SchemaView} spec=${spec} schema=${inner} depth=${depth + 1} />`}
  </li>`;
}

/** @param {{spec: object, schema: unknown, depth?: number}} props */
export function SchemaView({ spec, schema, depth = 0 }) {
  const shown = innerOf(spec, schema);
  const head = depth === 0 && html`<p><code class="type">${describeType(spec, schema)}</code></p>`;
  if (!shown) return head;
  const { rows, required } = propertiesOf(spec, shown);
  return html`${head}<ul class="properties">${rows.map(
    ([name, value]) => html`<${Property} key=${name} spec=${spec} name=${name} schema=${value} required=${required.includes(name)} depth=${depth} />`,
  )}</ul>`;
}
