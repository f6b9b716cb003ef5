/**
 * Where text becomes markup: the HTML of an artifact, which the server has sanitised already. It is
 * parsed into an inert template and filtered once more, so that a mistake on either side alone lets nothing through.
 */
import { trusted } from "../trusted.js";

const TAGS = new Set(
  (
    "a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i input ins kbd li mark ol p pre s " +
    "samp section small span strong sub summary sup table tbody td tfoot th thead tr u ul var"
  ).split(" "),
);
const ATTRIBUTES = {
  "*": ["class", "id", "title", "dir", "lang"],
  a: ["href"],
  input: ["type", "checked", "disabled"],
  li: ["value"],
  ol: ["start"],
  td: ["colspan", "rowspan", "align"],
  th: ["colspan", "rowspan", "align", "scope"],
};
/** What the style of an article knows; other classes could pass for parts of the page. */
const CLASSES = new Set(
  (
    "api operation operations method get post put patch delete head options trace identity security servers response " +
    "status s1 s2 s3 s4 s5 media exchange sample schema requirement required limits wide"
  ).split(" "),
);
/** Before every id of a text, so that none is taken for an id of the page. */
export const ID_PREFIX = "doc-";
const SAFE_LINK = /^(https?:|mailto:|#)/i;

function cleanAttributes(element) {
  const allowed = [...ATTRIBUTES["*"], ...(ATTRIBUTES[element.localName] || [])];
  for (const { name, value } of [...element.attributes]) {
    const bad = !allowed.includes(name) || (name === "href" && !SAFE_LINK.test(value.trim()));
    if (bad) element.removeAttribute(name);
  }
  if (element.id) element.id = ID_PREFIX + element.id.slice(element.id.startsWith(ID_PREFIX) ? ID_PREFIX.length : 0);
  cleanClasses(element);
  if (element.localName === "a") adjustLink(element);
  if (element.localName === "input") Object.assign(element, { type: "checkbox", disabled: true });
}

function cleanClasses(element) {
  const language = element.localName === "code" ? /^language-[\w+#-]+$/ : /^$/;
  const kept = [...element.classList].filter((name) => CLASSES.has(name) || language.test(name));
  if (kept.length) element.className = kept.join(" ");
  else element.removeAttribute("class");
}

function adjustLink(link) {
  const href = link.getAttribute("href");
  if (!href || href.startsWith("#")) return;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
}

/** @param {string} text sanitised HTML @returns {DocumentFragment} */
export function parseSafely(text) {
  const template = document.createElement("template");
  template.innerHTML = trusted(text);
  for (const element of [...template.content.querySelectorAll("*")]) {
    if (TAGS.has(element.localName) && element.namespaceURI === "http://www.w3.org/1999/xhtml")
      cleanAttributes(element);
    else element.remove();
  }
  return template.content;
}
