/** The document to read, with its table of contents. While it is written it is shown as the text that it is. */
import { api } from "../api.js";
import { html, useEffect, useRef, useState } from "../dom.js";
import { describeFailure } from "../failure.js";
import { t } from "../i18n.js";
import { parseSafely } from "./safe_html.js";

function useHtml(designId, item) {
  const [state, setState] = useState({ text: null, failure: null });
  useEffect(() => {
    const abort = new AbortController();
    api
      .readHtml(designId, item, abort.signal)
      .then((answer) => setState({ text: answer.html ?? "", failure: null }))
      .catch((error) => error.name === "AbortError" || setState({ text: null, failure: describeFailure(error) }));
    return () => abort.abort();
  }, [designId, item.artifact.revision.number]);
  return state;
}

/** Give headings ids of ours and list them. */
function collectHeadings(article) {
  return [...article.querySelectorAll("h1, h2, h3")].map((heading, index) => {
    heading.id = `section-${index}`;
    return { id: heading.id, level: Number(heading.localName[1]), text: heading.textContent };
  });
}

function Contents({ headings, article }) {
  const go = (event, id) => {
    // The address holds the open part, so headings are scrolled to without touching it.
    event.preventDefault();
    const target = article.current.querySelector(`#${id}`);
    target.scrollIntoView({ block: "start" });
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
  };
  return html`<nav class="contents" aria-label=${t("contents")}>
    <h3>${t("contents")}</h3>
    <ul>${headings.map(
      ({ id, level, text }) => html`<li data-level=${level}><a href=${`#${id}`} onClick=${(event) => go(event, id)}>${text}</a></li>`,
    )}</ul>
  </nav>`;
}

/** @param {{designId: string, item: object}} props */
export function DocumentView({ designId, item }) {
  const { text, failure } = useHtml(designId, item);
  const article = useRef(null);
  const [headings, setHeadings] = useState([]);
  useEffect(() => {
    if (text === null) return;
    article.current.replaceChildren(parseSafely(text));
    for (const table of article.current.querySelectorAll("table")) wrapTable(table);
    setHeadings(collectHeadings(article.current));
  }, [text]);
  if (failure) return html`<p class="notice error">${failure}</p>`;
  return html`<div class="document">
    ${headings.length > 2 && html`<${Contents} headings=${headings} article=${article} />`}
    <article class="prose" ref=${article} aria-busy=${String(text === null)}></article>
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
