/** An artifact to read, as the HTML that the server makes of it, with a table of contents. */
import { api } from "../api.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "../dom.js";
import { describeFailure } from "../failure.js";
import { t } from "../i18n.js";
import { Contents, goTo } from "./contents.js";
import { placePictures } from "./document_pictures.js";
import { decoded } from "./route.js";
import { ID_PREFIX, parseSafely } from "./safe_html.js";

/** The HTML that the server makes of an artifact. @param {string} designId @param {Made} item */
export function useHtml(designId, item) {
  const [state, setState] = useState(
    /** @type {{text: string | null, failure: string | null}} */ ({ text: null, failure: null }),
  );
  useEffect(() => {
    const abort = new AbortController();
    api
      .readHtml(designId, item, abort.signal)
      .then((answer) => setState({ text: answer.html, failure: answer.html === null ? t("reading.unreadable") : null }))
      .catch((error) => error.name === "AbortError" || setState({ text: null, failure: describeFailure(error) }));
    return () => abort.abort();
  }, [designId, item.artifact.revision.number]);
  return state;
}

/** Give headings ids of ours and list them. */
function collectHeadings(article) {
  return [...article.querySelectorAll("h1, h2, h3")].map((heading, index) => {
    heading.id ||= `section-${index}`;
    return { id: heading.id, level: Number(heading.localName[1]), text: heading.textContent };
  });
}

/** @param {{designId: string, item: Made, items: Item[]}} props */
export function Reading({ designId, item, items }) {
  const { text, failure } = useHtml(designId, item);
  const article = useRef(null);
  const [headings, setHeadings] = useState([]);
  // Before it is painted: the contents stand above the article on narrow screens, and would push it down.
  useLayoutEffect(() => {
    if (text === null) return;
    article.current.replaceChildren(parseSafely(text));
    for (const table of article.current.querySelectorAll("table")) wrapTable(table);
    setHeadings(collectHeadings(article.current));
    // Not within an effect: the view library drops the effects of what is rendered in one.
    queueMicrotask(() => article.current && placePictures(article.current, items));
  }, [text]);
  const follow = (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link || link.closest("figure")) return;
    event.preventDefault();
    goTo(article.current, `${ID_PREFIX}${decoded(link.hash.slice(1))}`);
  };
  if (failure) return html`<p class="notice warning">${failure}</p>`;
  return html`<div class="document">
    ${headings.length > 2 && html`<${Contents} headings=${headings} article=${article} />`}
    <article class="prose" ref=${article} aria-busy=${String(text === null)} onClick=${follow}></article>
  </div>`;
}

/** Wide tables scroll by themselves instead of widening the page. */
function wrapTable(table) {
  const box = document.createElement("div");
  box.className = "table-box";
  box.tabIndex = 0;
  table.replaceWith(box);
  box.append(table);
}
