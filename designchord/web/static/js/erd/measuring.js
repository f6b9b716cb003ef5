/** How wide words are in the fonts of the page. Where there is no page, something else stands in for this module. */

/** What is drawn in which size, in pixels. */
export const FONT = { head: 13, row: 12 };

const context = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
const styles = getComputedStyle(document.documentElement);
const fonts = {
  head: `620 ${FONT.head}px ${styles.getPropertyValue("--font-sans")}`,
  row: `${FONT.row}px ${styles.getPropertyValue("--font-mono")}`,
};
const widths = new Map();

/** @param {"head" | "row"} font @param {string} text */
export function measure(font, text) {
  const key = `${font}${text}`;
  if (!widths.has(key)) {
    context.font = fonts[font];
    widths.set(key, context.measureText(text).width);
  }
  return widths.get(key);
}
