/** Pictures in a document: its own diagrams drawn where they stand, and those of the design where it speaks of them. */
import { isDrawn, keywordOf } from "../catalogue.js";
import { html, render } from "../dom.js";
import { ErThumbnail, useModel } from "../erd/picture.js";
import { readModel } from "../erd/reading.js";
import { t } from "../i18n.js";
import { titleOf } from "./items.js";
import { useDrawing, useImageUrl } from "./picture.js";
import { hrefOf } from "./route.js";

/** What a picture of entities is laid out for: the width of a document's lines. */
const STAGE = { width: 736, height: 480 };

/** @param {{text: string, title: string, href?: string, otherwise?: any}} props */
function DocumentPicture({ text, title, href = "", otherwise = null }) {
  const model = useModel(text);
  const { drawing, failed } = useDrawing("", model ? "" : text, true);
  const url = useImageUrl(drawing);
  const picture = model
    ? html`<${ErThumbnail} model=${model} title=${title} stage=${STAGE} />`
    : url
      ? html`<img src=${url} alt=${title} />`
      : html`<div class="document-picture-room"></div>`;
  if (failed) return otherwise;
  return html`<figure class="document-picture" tabindex="0" aria-label=${title || null}>${picture}${href && html`<figcaption><a href=${href} aria-label=${`${t("reader.picture")}: ${title}`}>${t("reader.picture")}</a></figcaption>`}</figure>`;
}

/** @param {Element} place before or after which it stands @param {"before" | "after" | "instead"} where */
function put(place, where, props) {
  const box = document.createElement("div");
  if (where === "before") place.before(box);
  else if (where === "after") place.after(box);
  else place.replaceWith(box);
  render(html`<${DocumentPicture} ...${props} />`, box);
}

const plain = (words) => (words ?? "").replace(/^[\d.\s]+/, "").trim();

/** The table that lists the entities of a model, whatever it is called. */
function findTableOf(article, source) {
  const names = new Set(readModel(source)?.tables.map(({ name }) => name));
  const listed = (table) =>
    [...table.querySelectorAll("tbody td:first-child")].filter((cell) => names.has(cell.textContent.trim())).length;
  return names.size > 0 && [...article.querySelectorAll("table")].find((table) => listed(table) * 2 >= names.size);
}

/** @param {HTMLElement} article @param {Item[]} items */
export function placePictures(article, items) {
  for (const code of article.querySelectorAll("pre > code.language-mermaid")) {
    const text = code.textContent;
    put(/** @type {Element} */ (code.parentElement), "instead", {
      text,
      title: "",
      otherwise: html`<pre>${text}</pre>`,
    });
  }
  const drawn = items.filter((item) => isDrawn(item.kind));
  const headings = [...article.querySelectorAll("h2, h3, h4")];
  for (const item of drawn) {
    if (!item.artifact) continue;
    const props = { text: item.artifact.revision.source, title: titleOf(item), href: hrefOf(item.key) };
    const heading = item.part && headings.find(({ textContent }) => plain(textContent) === item.title);
    const table = keywordOf(item.kind) === "erDiagram" && findTableOf(article, props.text);
    if (heading) put(heading, "after", props);
    else if (table) put(table.closest(".table-box") ?? table, "before", props);
  }
}
