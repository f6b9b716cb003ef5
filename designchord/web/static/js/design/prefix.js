/** Unfinished Mermaid text made drawable: cut at the last whole line, with its open blocks closed. */

/** What opens a block that the word `end` closes; in other families braces do. */
const OPENS_TO_END = new Map([
  ["sequenceDiagram", /^\s*(alt|opt|loop|par|par_over|critical|break|rect|box)\b/i],
  ["flowchart", /^\s*subgraph\b/],
]);
const CLOSES_TO_END = /^\s*end\s*$/i;
const OPENS_BRACE = /^[^%"]*\{\s*$/;
const CLOSES_BRACE = /^\s*\}\s*$/;
/** The ends of a relation between entities look like braces. */
const RELATION = /[|}o][|o}]?\s*(--|\.\.)\s*[|{o]/;

/** Model answers may come fenced; what is outside the first fence is talk. @param {string} text */
function withoutFence(text) {
  const fenced = /^\s*```[a-z]*[ \t]*\n([\s\S]*?)(?:\n\s*```[\s\S]*)?$/m.exec(text);
  return fenced ? fenced[1] : text;
}

/** @param {string} keyword @param {string[]} lines */
function closeBlocks(keyword, lines) {
  const opens = OPENS_TO_END.get(keyword);
  const depth = lines.reduce((open, line) => {
    if (opens ? opens.test(line) : OPENS_BRACE.test(line) && !RELATION.test(line)) return open + 1;
    return (opens ? CLOSES_TO_END : CLOSES_BRACE).test(line) ? Math.max(0, open - 1) : open;
  }, 0);
  return [...lines, ...Array(depth).fill(opens ? "end" : "}")];
}

/**
 * The drawable beginning of a text that is still being written; empty while there is nothing to draw.
 * @param {string} keyword what such diagrams begin with: `sequenceDiagram`, `erDiagram`, `stateDiagram-v2` …
 * @param {string} text @param {number} [drop] lines to leave out at the end as well
 */
export function cutToDrawable(keyword, text, drop = 0) {
  const lines = withoutFence(text).split("\n");
  const start = lines.findIndex((line) => line.trim().split(/\s/, 1)[0] === keyword);
  const kept = lines.slice(start, -1 - drop);
  return start < 0 || kept.length < 2 ? "" : closeBlocks(keyword, kept).join("\n");
}
