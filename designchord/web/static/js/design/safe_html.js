/**
 * The one place where text becomes markup: the document's HTML, which the server has sanitised already. It is parsed
 * into an inert template and filtered once more, so that a mistake on either side alone lets nothing through.
 */
const TAGS = new Set(
  ("a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i input ins kbd li mark ol p pre s " +
    "samp section small span strong sub summary sup table tbody td tfoot th thead tr u ul var").split(" "),
);
const ATTRIBUTES = {
  "*": ["id", "title", "dir", "lang"],
  a: ["href"],
  code: ["class"],
  input: ["type", "checked", "disabled"],
  li: ["value"],
  ol: ["start"],
  td: ["colspan", "rowspan", "align"],
  th: ["colspan", "rowspan", "align", "scope"],
};
const SAFE_LINK = /^(https?:|mailto:|#)/i;

const policy = globalThis.trustedTypes?.createPolicy("designchord", { createHTML: (text) => text });

function cleanAttributes(element) {
  const allowed = [...ATTRIBUTES["*"], ...(ATTRIBUTES[element.localName] || [])];
  for (const { name, value } of [...element.attributes]) {
    const bad = !allowed.includes(name) || (name === "href" && !SAFE_LINK.test(value.trim()));
    if (bad) element.removeAttribute(name);
  }
  // Ids of the text must never be taken for ids of the page.
  if (element.id) element.id = `doc-${element.id}`;
  if (element.localName === "a") adjustLink(element);
  if (element.localName === "input") Object.assign(element, { type: "checkbox", disabled: true });
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
  template.innerHTML = policy ? policy.createHTML(text) : text;
  for (const element of [...template.content.querySelectorAll("*")]) {
    if (TAGS.has(element.localName) && element.namespaceURI === "http://www.w3.org/1999/xhtml") cleanAttributes(element);
    else element.remove();
  }
  return template.content;
}
