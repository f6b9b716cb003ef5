/**
 * What Mermaid drew, as elements of the page: text can be selected and found, and pointed at. The drawing comes from
 * hostile text, so only shapes, text and their looks are taken over, element by element, into a tree of its own.
 */
import { html, useLayoutEffect, useRef } from "../dom.js";
import { trusted } from "../trusted.js";

const SVG = "http://www.w3.org/2000/svg";
const ELEMENTS = new Set(
  (
    "svg g path rect line circle ellipse polygon polyline text tspan marker defs title desc symbol clipPath " +
    "linearGradient stop"
  ).split(" "),
);
const ATTRIBUTES = new Set(
  (
    "id class x y x1 y1 x2 y2 dx dy cx cy r rx ry d points width height viewBox transform fill fill-opacity stroke " +
    "stroke-width stroke-dasharray stroke-linecap stroke-opacity opacity text-anchor dominant-baseline " +
    "alignment-baseline font-size font-weight font-family marker-start marker-mid marker-end markerWidth markerHeight " +
    "markerUnits refX refY orient offset stop-color clip-path preserveAspectRatio role data-id data-et data-type"
  ).split(" "),
);
const OUTSIDE = /url\(\s*["']?(?!#)|@import|expression\(|javascript:/i;

function copyLooks(from, to) {
  for (const part of (from.getAttribute("data-looks") ?? "").split(";")) {
    const place = part.indexOf(":");
    if (place > 0 && !OUTSIDE.test(part))
      to.style.setProperty(
        part.slice(0, place).trim(),
        part
          .slice(place + 1)
          .replace("!important", "")
          .trim(),
      );
  }
}

/** @param {Element} from @returns {SVGElement} */
function copy(from) {
  const to = document.createElementNS(SVG, from.localName);
  for (const { name, value } of from.attributes)
    if (ATTRIBUTES.has(name) && !OUTSIDE.test(value)) to.setAttribute(name, value);
  copyLooks(from, to);
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) to.append(child.nodeValue ?? "");
    else if (child instanceof Element && child.namespaceURI === SVG && ELEMENTS.has(child.localName))
      to.append(copy(child));
  }
  return to;
}

/** The page's policy refuses styles and handlers in parsed text, and says so; they are taken out of it before. */
function withoutStyles(text) {
  const rules = /** @type {string[]} */ ([]);
  const bare = text.replace(/<style[^>]*>([\s\S]*?)<\/style>/g, (_, css) => {
    rules.push(css.replaceAll("&gt;", ">").replaceAll("&lt;", "<").replaceAll("&amp;", "&"));
    return "";
  });
  return {
    rules: rules.join("\n"),
    bare: bare.replace(/<[^>]*>/g, (tag) =>
      tag.replace(/\sstyle=/g, " data-looks=").replace(/\son\w+=/g, " data-off="),
    ),
  };
}

/** @param {string} text @returns {{picture: SVGElement, sheet: CSSStyleSheet} | null} */
export function takeOver(text) {
  const { rules, bare } = withoutStyles(text);
  const parsed = new DOMParser().parseFromString(trusted(bare), "image/svg+xml").documentElement;
  if (parsed.localName !== "svg") return null;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`${OUTSIDE.test(rules) ? "" : rules}\ntext { user-select: text; cursor: text; }`);
  return { picture: copy(parsed), sheet };
}

/**
 * @param {{drawing: {svg: string, width: number, height: number}, label: string, onDrawn?: (picture: SVGElement) => void,
 *   marks?: string}} props it is taken over anew when what `onDrawn` marks is another
 */
export function InlineDrawing({ drawing, label, onDrawn, marks = "" }) {
  const host = useRef(null);
  // Before the next frame, which would be painted without it.
  useLayoutEffect(() => {
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
    const taken = takeOver(drawing.svg);
    if (!taken) return;
    taken.picture.setAttribute("width", String(drawing.width));
    taken.picture.setAttribute("height", String(drawing.height));
    taken.picture.setAttribute("role", "img");
    taken.picture.setAttribute("aria-label", label);
    root.adoptedStyleSheets = [taken.sheet];
    root.replaceChildren(taken.picture);
    onDrawn?.(taken.picture);
  }, [drawing, label, marks]);
  return html`<div class="inline-drawing" ref=${host}></div>`;
}
