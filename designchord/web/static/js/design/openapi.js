/** An OpenAPI document as a calm page: operations by tag, each to unfold. */
import { html, useMemo, useState } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";
import { SchemaView, asText, describeType, follow } from "./schema.js";
import { SwaggerFrame } from "./swagger.js";

const METHODS = ["get", "post", "put", "patch", "delete"];

const isRecord = (value) => Boolean(value) && typeof value === "object" && !Array.isArray(value);
const listOf = (value) => (Array.isArray(value) ? value.filter(isRecord) : []);
const entriesOf = (value) => Object.entries(isRecord(value) ? value : {});

/** @returns {object | null} */
export function parseSpec(source) {
  try {
    const spec = JSON.parse(source);
    return isRecord(spec?.paths) ? spec : null;
  } catch {
    return null;
  }
}

function listOperations(spec) {
  return entriesOf(spec.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => isRecord(item?.[method])).map((method) => {
      const operation = item[method];
      const parameters = [...listOf(item.parameters), ...listOf(operation.parameters)].map((entry) => follow(spec, entry));
      return { path, method, operation, parameters, tag: asText(operation.tags?.[0]) };
    }),
  );
}

function groupByTag(operations) {
  const groups = new Map();
  for (const entry of operations) groups.set(entry.tag, [...(groups.get(entry.tag) || []), entry]);
  return [...groups];
}

function Parameters({ spec, parameters }) {
  if (!parameters.length) return null;
  return html`<h4>${t("api.parameters")}</h4><div class="table-box"><table class="grid"><tbody>
    ${parameters.map(
      (entry) => html`<tr><th scope="row"><code>${asText(entry.name)}</code>${entry.required && html`<span class="required" title=${t("api.required")}>*</span>`}</th>
        <td class="hint">${asText(entry.in)}</td><td><code>${describeType(spec, entry.schema)}</code></td><td>${asText(entry.description)}</td></tr>`,
    )}
  </tbody></table></div>`;
}

function Content({ spec, content }) {
  return entriesOf(content).map(
    ([type, media]) => html`<p class="hint">${type}</p><${SchemaView} spec=${spec} schema=${media?.schema} />
      ${media?.example !== undefined && html`<pre class="example">${JSON.stringify(media.example, null, 2)}</pre>`}`,
  );
}

function Response({ spec, status, response }) {
  const [open, setOpen] = useState(false);
  const resolved = follow(spec, response);
  const full = entriesOf(resolved.content).length > 0;
  return html`<li class="response" data-class=${status[0]}>
    <button class="response-head" type="button" disabled=${!full} aria-expanded=${full ? String(open) : null} onClick=${() => setOpen(!open)}>
      <code>${status}</code><span>${asText(resolved.description)}</span>${full && html`<${Icon} name="chevron" />`}
    </button>
    ${open && html`<div class="response-body"><${Content} spec=${spec} content=${resolved.content} /></div>`}
  </li>`;
}

function OperationBody({ spec, entry }) {
  const { operation, parameters } = entry;
  const body = follow(spec, operation.requestBody);
  return html`<div class="operation-body">
    ${operation.description && html`<p>${asText(operation.description)}</p>`}
    <${Parameters} spec=${spec} parameters=${parameters} />
    ${body.content && html`<h4>${t("api.request")}</h4><${Content} spec=${spec} content=${body.content} />`}
    <h4>${t("api.responses")}</h4>
    <ul class="plain">${entriesOf(operation.responses).map(
      ([status, response]) => html`<${Response} key=${status} spec=${spec} status=${status} response=${response} />`,
    )}</ul>
  </div>`;
}

function Operation({ spec, entry }) {
  const [open, setOpen] = useState(false);
  const { method, path, operation } = entry;
  return html`<li class="operation">
    <button class="operation-head" type="button" aria-expanded=${String(open)} onClick=${() => setOpen(!open)}>
      <span class="method" data-method=${method}>${method.toUpperCase()}</span>
      <code class="path">${path}</code><span class="summary">${asText(operation.summary)}</span><${Icon} name="chevron" />
    </button>
    ${open && html`<${OperationBody} spec=${spec} entry=${entry} />`}
  </li>`;
}

function Schemas({ spec }) {
  const schemas = entriesOf(spec.components?.schemas);
  if (!schemas.length) return null;
  return html`<section><h3>${t("api.schemas")}</h3><ul class="plain">${schemas.map(
    ([name, schema]) => html`<li class="operation"><details><summary class="operation-head"><code class="path">${name}</code>
      <span class="summary">${asText(schema?.description || schema?.title)}</span></summary>
      <div class="operation-body"><${SchemaView} spec=${spec} schema=${schema} /></div></details></li>`,
  )}</ul></section>`;
}

function Viewer({ spec }) {
  const groups = useMemo(() => groupByTag(listOperations(spec)), [spec]);
  const tags = new Map(listOf(spec.tags).map((tag) => [tag.name, asText(tag.description)]));
  return html`<div class="api">
    <p class="api-title"><strong>${asText(spec.info?.title)}</strong> <span class="badge">${asText(spec.info?.version)}</span>
      <span class="hint">OpenAPI ${asText(spec.openapi)}</span></p>
    ${groups.map(
      ([tag, entries]) => html`<section key=${tag}><h3>${tag || t("api.other")} <span class="hint">${tags.get(tag)}</span></h3>
        <ul class="plain">${entries.map((entry) => html`<${Operation} key=${`${entry.method} ${entry.path}`} spec=${spec} entry=${entry} />`)}</ul></section>`,
    )}
    <${Schemas} spec=${spec} />
  </div>`;
}

/** @param {{source: string}} props */
export function ApiView({ source }) {
  const spec = useMemo(() => parseSpec(source), [source]);
  const [swagger, setSwagger] = useState(false);
  if (!spec) return html`<p class="notice warning">${t("api.unreadable")}</p>`;
  return html`<div class="api-choice">
      <div class="segments" role="group" aria-label=${t("api.viewer")}>
        <button type="button" aria-pressed=${String(!swagger)} onClick=${() => setSwagger(false)}>${t("api.overview")}</button>
        <button type="button" aria-pressed=${String(swagger)} onClick=${() => setSwagger(true)}>Swagger UI</button>
      </div>
    </div>
    ${swagger ? html`<${SwaggerFrame} spec=${spec} />` : html`<${Viewer} spec=${spec} />`}`;
}
