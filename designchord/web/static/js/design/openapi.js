/** An OpenAPI document: to read as a calm page, or in Swagger UI. */
import { html, useMemo, useState } from "../dom.js";
import { t } from "../i18n.js";
import { Trial } from "../running/trial.js";
import { Reading } from "./reading.js";
import { SwaggerFrame } from "./swagger.js";

const METHODS = ["get", "post", "put", "patch", "delete"];

const isRecord = (value) => Boolean(value) && typeof value === "object" && !Array.isArray(value);

/** @param {string} source @returns {{paths: Record<string, any>} | null} */
function parseSpec(source) {
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

/** @param {{designId: string, item: Made, items: Item[]}} props */
export function ApiView({ designId, item, items }) {
  const { source } = item.artifact.revision;
  const spec = useMemo(() => parseSpec(source), [source]);
  const [view, setView] = useState("overview");
  if (!spec) return html`<p class="notice warning">${t("reading.unreadable")}</p>`;
  const choice = (name, label) =>
    html`<button type="button" aria-pressed=${String(view === name)} onClick=${() => setView(name)}>${label}</button>`;
  return html`<div class="api-choice">
      <div class="segments" role="group" aria-label=${t("api.viewer")}>
        ${choice("overview", t("api.overview"))}${choice("trial", t("trial"))}${choice("swagger", "Swagger UI")}
      </div>
    </div>
    ${view === "overview" && html`<${Reading} designId=${designId} item=${item} />`}
    ${view === "trial" && html`<${Trial} designId=${designId} version=${`${designId} ${items.map(({ artifact }) => artifact?.revision.number).join()}`} />`}
    ${view === "swagger" && html`<${SwaggerFrame} spec=${spec} />`}`;
}
