/** Unfinished Mermaid text made drawable: cut at the last whole line, with its open blocks closed. */
import { FAMILIES } from "../../vendor/mermaid/12.3.0/families.mjs";

const HEADER = new RegExp(`^[^\\S\\n]*(${Object.keys(FAMILIES).join("|")})(?![\\w-])`, "m");
const OPENS = /^\s*(alt|opt|loop|par|par_over|critical|break|rect|box|subgraph)\b/i;
const CLOSES = /^\s*end\s*$/i;
const BRACE_OPENS = /^[^%"]*\{\s*$/;
const RELATION = /[|}o][|o}]?\s*(--|\.\.)\s*[|{o]/;

/** Model answers may come fenced; what is outside the first fence is talk. */
function withoutFence(text) {
  const fenced = /^\s*```[a-z]*[ \t]*\n([\s\S]*?)(?:\n\s*```[\s\S]*)?$/m.exec(text);
  return fenced ? fenced[1] : text;
}

/** Sequence diagrams and flowcharts close with `end`, the others with braces. @param {string} family @param {string[]} lines */
function closeBlocks(family, lines) {
  if (family !== "sequence" && family !== "flowchart") {
    const open = lines.reduce((depth, line) => {
      if (BRACE_OPENS.test(line) && !RELATION.test(line)) return depth + 1;
      return /^\s*\}\s*$/.test(line) ? depth - 1 : depth;
    }, 0);
    return open > 0 ? [...lines, "}"] : lines;
  }
  const depth = lines.reduce((open, line) => {
    if (OPENS.test(line)) return open + 1;
    return CLOSES.test(line) ? Math.max(0, open - 1) : open;
  }, 0);
  return [...lines, ...Array(depth).fill("end")];
}

/**
 * The drawable beginning of a text that is still being written; empty while there is nothing to draw.
 * @param {"sequence" | "erd"} kind @param {string} text @param {number} [drop] lines to leave out at the end as well
 */
export function cutToDrawable(kind, text, drop = 0) {
  const whole = withoutFence(text);
  const found = HEADER.exec(whole);
  if (!found) return "";
  const lines = whole.slice(found.index).split("\n").slice(0, -1 - drop);
  return lines.length < 2 ? "" : closeBlocks(FAMILIES[found[1]], lines).join("\n");
}
