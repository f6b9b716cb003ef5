/** Unfinished Mermaid text made drawable: cut at the last whole line, with its open blocks closed. */

const SEQUENCE_OPENS = /^\s*(alt|opt|loop|par|par_over|critical|break|rect|box)\b/i;
const SEQUENCE_CLOSES = /^\s*end\s*$/i;
const ENTITY_OPENS = /^[^%"]*\{\s*$/;
const RELATION = /[|}o][|o}]?\s*(--|\.\.)\s*[|{o]/;

/** Model answers may come fenced; what is outside the first fence is talk. */
function withoutFence(text) {
  const fenced = /^\s*```[a-z]*[ \t]*\n([\s\S]*?)(?:\n\s*```[\s\S]*)?$/m.exec(text);
  return fenced ? fenced[1] : text;
}

/** @param {"sequence" | "erd"} kind @param {string[]} lines */
function closeBlocks(kind, lines) {
  if (kind === "erd") {
    const open = lines.reduce((depth, line) => {
      if (ENTITY_OPENS.test(line) && !RELATION.test(line)) return depth + 1;
      return /^\s*\}\s*$/.test(line) ? depth - 1 : depth;
    }, 0);
    return open > 0 ? [...lines, "}"] : lines;
  }
  const depth = lines.reduce((open, line) => {
    if (SEQUENCE_OPENS.test(line)) return open + 1;
    return SEQUENCE_CLOSES.test(line) ? Math.max(0, open - 1) : open;
  }, 0);
  return [...lines, ...Array(depth).fill("end")];
}

/**
 * The drawable beginning of a text that is still being written; empty while there is nothing to draw.
 * @param {"sequence" | "erd"} kind @param {string} text @param {number} [drop] lines to leave out at the end as well
 */
export function cutToDrawable(kind, text, drop = 0) {
  const whole = withoutFence(text);
  const start = whole.search(/^\s*(sequenceDiagram|erDiagram)\b/m);
  if (start < 0) return "";
  const lines = whole.slice(start).split("\n").slice(0, -1 - drop);
  return lines.length < 2 ? "" : closeBlocks(kind, lines).join("\n");
}
