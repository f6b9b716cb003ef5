/** The operations of an API to choose from: filtered, by tag, gone through with the arrow keys. */
import { hrefOf } from "../design/route.js";
import { html } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";

export const SCHEMA = "schema:";

function Options({ label, what, names }) {
  if (!names.length) return null;
  return html`<optgroup label=${label}>${names.map(([name, words]) => html`<option key=${name} value=${`${what}:${name}`}>${words}</option>`)}</optgroup>`;
}

/** @param {{filter: {words: string, about: string}, change: (some: object) => void, tags: string[], requirements: string[][], entities: string[][]}} props */
export function Filter({ filter, change, tags, requirements, entities }) {
  return html`<div class="api-filter">
    <label class="search-field"><${Icon} name="search" /><span class="sr">${t("reader.search")}</span>
      <input type="search" class="field" placeholder=${t("reader.search")} value=${filter.words} onInput=${(event) => change({ words: event.target.value })} /></label>
    <label class="sr" for="api-about">${t("reader.about")}</label>
    <select id="api-about" class="field" value=${filter.about} onChange=${(event) => change({ about: event.target.value })}>
      <option value="">${t("reader.all")}</option>
      <${Options} label=${t("reader.tags")} what="tag" names=${tags.map((tag) => [tag, tag])} />
      <${Options} label=${t("bp.requirements")} what="requirement" names=${requirements} />
      <${Options} label=${t("bp.entities")} what="entity" names=${entities} />
    </select></div>`;
}

/** Up and down go from one operation to the next, as in any list. */
function moveFocus(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const links = [...event.currentTarget.querySelectorAll("a")].filter((link) => link.checkVisibility());
  const place = links.indexOf(document.activeElement);
  event.preventDefault();
  links[Math.max(0, Math.min(links.length - 1, place + step))]?.focus();
}

function Entry({ call, part, current, assumed }) {
  return html`<li><a class="api-entry" href=${hrefOf(part, call.id)} aria-current=${call.id === current ? "true" : null}>
    <span class="method ${call.method}">${call.method.toUpperCase()}</span> <code>${call.path}</code>
    ${(call.summary || assumed) && html`<span class="api-summary">${call.summary} ${assumed && html`<span class="badge assumed" title=${t("assumed.hint")}>${t("assumed")}</span>`}</span>`}
    ${call.requirements.length > 0 && html`<span class="api-traces">${call.requirements.join(" ")}</span>`}</a></li>`;
}

/** @param {{part: string, groups: [string, import("./operations.js").Call[]][], schemas: string[], current: string, assumed: Set<string>}} props `part`: the address of the API; `assumed`: calls that the author did not ask for */
export function CallList({ part, groups, schemas, current, assumed }) {
  return html`<nav class="api-list" aria-label=${t("reader.operations")} onKeyDown=${moveFocus}>
    ${groups.map(
      ([tag, calls]) =>
        html`<section key=${tag}>${tag && html`<h3>${tag}</h3>`}<ul class="plain">${calls.map((call) => html`<${Entry} key=${call.method + call.path} call=${call} part=${part} current=${current} assumed=${assumed.has(call.id)} />`)}</ul></section>`,
    )}
    ${!groups.length && html`<p class="hint">${t("list.noMatch")}</p>`}
    ${
      schemas.length > 0 &&
      html`<details class="api-schemas" open=${current.startsWith(SCHEMA)}><summary>${t("reader.schemas")} <span class="count">${schemas.length}</span></summary>
      <ul class="plain">${schemas.map((name) => html`<li key=${name}><a class="api-entry" href=${hrefOf(part, SCHEMA + name)} aria-current=${current === SCHEMA + name ? "true" : null}><code>${name}</code></a></li>`)}</ul></details>`
    }
  </nav>`;
}
