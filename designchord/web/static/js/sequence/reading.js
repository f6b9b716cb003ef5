/** Mermaid's sequence text as a list of steps: for those who do not see the picture, and for small screens. */

/** @typedef {{what: "step" | "note" | "open" | "branch", depth: number, keyword?: string, number?: number, from?: string, to?: string, text: string, reply?: boolean}} Line */

const PARTICIPANT = /^(?:create\s+)?(?:participant|actor)\s+(.+?)(?:@\{.*\})?(?:\s+as\s+(.+))?$/i;
const MESSAGE = /^(.+?)\s*(<<-{1,2}>>|-{1,2}>>|-{1,2}>|-{1,2}x|-{1,2}\))\s*([+-]?)\s*([^:]+?)\s*:\s*(.*)$/;
const OPENING = /^(alt|opt|loop|par|par_over|critical|break)\b\s*(.*)$/i;
const BRANCH = /^(else|and|option)\b\s*(.*)$/i;
const NOTE = /^note\s+(?:over|(?:left|right)\s+of)\s+([^:]+):\s*(.*)$/i;
const SILENT_BLOCK = /^(rect|box)\b/i;

const plain = (text) =>
  text
    .replace(/<br\s*\/?>/gi, " ")
    .replace(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/#quot;/g, '"')
    .trim();

/** @param {string} text @returns {{lanes: Map<string, string>, lines: Line[]}} */
export function readSteps(text) {
  const lanes = new Map();
  const lines = /** @type {Line[]} */ ([]);
  const open = /** @type {boolean[]} */ ([]);
  const nameOf = (id) => {
    if (!lanes.has(id)) lanes.set(id, id);
    return lanes.get(id);
  };
  let number = 0;
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    const depth = open.filter(Boolean).length;
    const participant = PARTICIPANT.exec(line);
    const note = NOTE.exec(line);
    const opening = OPENING.exec(line);
    const branch = BRANCH.exec(line);
    const message = MESSAGE.exec(line);
    if (participant) lanes.set(participant[1].trim(), plain(participant[2] ?? participant[1]));
    else if (note) lines.push({ what: "note", depth, text: plain(note[2]) });
    else if (opening) {
      lines.push({ what: "open", depth, keyword: opening[1].toLowerCase(), text: plain(opening[2]) });
      open.push(true);
    } else if (SILENT_BLOCK.test(line)) open.push(false);
    else if (/^end$/i.test(line)) open.pop();
    else if (branch && depth)
      lines.push({ what: "branch", depth: depth - 1, keyword: branch[1].toLowerCase(), text: plain(branch[2]) });
    else if (message) {
      number += 1;
      const [, from, arrow, , to, words] = message;
      lines.push({
        what: "step",
        depth,
        number,
        from: nameOf(from.trim()),
        to: nameOf(to.trim()),
        text: plain(words),
        reply: arrow.startsWith("--"),
      });
    }
  }
  return { lanes, lines };
}
