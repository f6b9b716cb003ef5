/** One operation or schema of an API: the server's HTML of it, whose links lead to other places of the design. */
import { decoded, hrefOf } from "../design/route.js";
import { ID_PREFIX, parseSafely } from "../design/safe_html.js";
import { html, useEffect, useMemo, useRef } from "../dom.js";
import { t } from "../i18n.js";
import { SCHEMA } from "./list.js";

/** The element that stands for a call, found by what a reader sees of it. */
function findCall(page, { method, path }) {
  return [...page.querySelectorAll(".operation")].find(({ firstElementChild: head }) => {
    const said = head?.querySelector(".method")?.textContent?.toLowerCase();
    return said === method && head.querySelector("code")?.textContent === path;
  });
}

const findSchema = (page, name) =>
  [...page.querySelectorAll(".schema")].find((schema) => schema.querySelector("h4")?.textContent === name);

/** Requirements say themselves, schemas open beside, and both can be opened in a tab of their own. */
function leadLinks(box, part, requirements) {
  for (const link of box.querySelectorAll('a[href^="#"]')) {
    const id = decoded(link.hash.slice(1));
    const name = link.textContent;
    if (id.startsWith("schema-")) link.href = hrefOf(part, SCHEMA + name);
    if (!link.classList.contains("requirement")) continue;
    link.href = hrefOf("report", name);
    link.title = requirements.get(name) ?? "";
  }
  for (const element of box.querySelectorAll("[id]"))
    if (element.id.startsWith(ID_PREFIX)) element.removeAttribute("id");
  for (const table of box.querySelectorAll(".wide, pre")) table.tabIndex = 0;
}

/**
 * @param {{text: string, part: string, call: import("./operations.js").Call | undefined, schema: string, requirements: Map<string, string>, onTry: (() => void) | null}} props
 */
export function Detail({ text, part, call, schema, requirements, onTry }) {
  const page = useMemo(() => parseSafely(text), [text]);
  const body = useRef(null);
  useEffect(() => {
    const found = call ? findCall(page, call) : findSchema(page, schema);
    const copy = /** @type {HTMLElement | undefined} */ (found?.cloneNode(true));
    copy?.firstElementChild?.remove();
    body.current.replaceChildren(...(copy?.childNodes ?? []));
    leadLinks(body.current, part, requirements);
  }, [page, call?.method, call?.path, schema, requirements]);
  return html`<article class="api-detail">
    <header><h3>${call ? html`<span class="method ${call.method}">${call.method.toUpperCase()}</span> <code>${call.path}</code>` : html`<code>${schema}</code>`}</h3>
      ${onTry && html`<button class="button" type="button" onClick=${onTry}>${t("trial")}</button>`}
      ${call?.summary && html`<p class="api-lead">${call.summary}</p>`}</header>
    <div class="api-body prose-text" ref=${body}></div>
  </article>`;
}
