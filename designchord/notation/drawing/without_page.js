// What the page's modules need of a page, where there is none. An expression: each name stands in for a module.
(() => {
  const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

  /** An element of the view library as text, with everything that is in it. */
  function written(node) {
    if (node === null || node === undefined || typeof node === "boolean") return "";
    if (Array.isArray(node)) return node.map(written).join("");
    if (typeof node !== "object") return escape(node);
    const { type, props } = node;
    if (typeof type === "function") return written(type(props));
    const said = Object.entries(props).filter(
      ([name, value]) => name !== "children" && value !== null && value !== undefined && value !== false && value !== "",
    );
    const attributes = said.map(([name, value]) => ` ${name}="${escape(value)}"`).join("");
    return `<${type}${attributes}>${written(props.children)}</${type}>`;
  }

  // Widths in parts of the letters' size, of common sans-serif faces, rather too wide than too narrow.
  const WIDE = /[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60]/;
  const partOf = (letter) => {
    if (WIDE.test(letter)) return 1;
    if (/[ijlIt.,:;'|!()\[\]fr ]/.test(letter)) return 0.36;
    if (/[mwMW@%]/.test(letter)) return 0.95;
    return /[A-Z]/.test(letter) ? 0.7 : 0.6;
  };
  const FONT = { head: 13, row: 12 };
  const measure = (font, text) =>
    FONT[font] * [...text].reduce((sum, letter) => sum + (font === "head" || WIDE.test(letter) ? partOf(letter) : 0.61), 0);

  return { written, measuring: { FONT, measure } };
})()
