/** Mermaid's entity-relationship text as tables and relations, so that the page can draw and search it itself. */

/**
 * @typedef {{type: string, name: string, keys: string[], comment: string, mark?: string}} Column
 * @typedef {{name: string, label: string, columns: Column[], mark?: string}} Table
 * @typedef {{source: string, target: string, from: string, to: string, label: string, dashed: boolean, mark?: string}} Link
 *   `mark` says what a change would make of it: `added`, `removed`, `changed`; `from` and `to` are the ends: `one`, `maybe`, `many` or `some`
 * @typedef {{tables: Table[], links: Link[]}} Model
 */

const NAME = String.raw`(?:"[^"]+"|[\p{L}\p{N}_][\p{L}\p{N}_.\-]*)`;
const ALIAS = String.raw`(?:\[\s*(?:"([^"]*)"|([^"\]]*))\s*\])?`;
const LEFT = { "||": "one", "|o": "maybe", "}o": "some", "}|": "many" };
const RIGHT = { "||": "one", "o|": "maybe", "o{": "some", "|{": "many" };
const RELATION = new RegExp(
  String.raw`^(${NAME})\s*(\|\||\|o|\}o|\}\|)(--|\.\.)(\|\||o\||o\{|\|\{)\s*(${NAME})\s*(?::\s*(.*))?$`,
  "u",
);
const ENTITY = new RegExp(String.raw`^(${NAME})\s*${ALIAS}\s*(\{)?\s*$`, "u");
const COLUMN = /^([^\s"]+)\s+([^\s",]+)(?:\s+((?:PK|FK|UK)(?:\s*,\s*(?:PK|FK|UK))*))?(?:\s+"([^"]*)")?$/u;
/** What changes how Mermaid draws and not what is said. */
const SILENT = /^(%%|direction\s|title[\s:]|accTitle[\s:]|accDescr[\s:])/;

const bare = (text) => text.replace(/^"(.*)"$/, "$1").trim();

/** @param {string} line @returns {Column | null} */
function readColumn(line) {
  const found = COLUMN.exec(line);
  if (!found) return null;
  const [, type, name, keys, comment] = found;
  return { type, name, keys: keys ? keys.split(/\s*,\s*/) : [], comment: comment ?? "" };
}

/** Collects tables by name, in the order in which they are first named. */
function createTables() {
  /** @type {Map<string, Table>} */
  const tables = new Map();
  return {
    tables,
    named(name, label = "") {
      const known = tables.get(name) ?? { name, label: name, columns: [] };
      if (label) known.label = label;
      tables.set(name, known);
      return known;
    },
  };
}

/**
 * The model of a text; null where there is anything in it that only Mermaid knows how to draw.
 * @param {string} text @returns {Model | null}
 */
export function readModel(text) {
  const lines = text.split("\n").map((line) => line.trim());
  const start = lines.indexOf("erDiagram");
  if (start < 0 || lines.slice(0, start).some((line) => line && !line.startsWith("%%"))) return null;
  const { tables, named } = createTables();
  /** @type {Link[]} */
  const links = [];
  /** @type {Table | null} */
  let open = null;
  for (const line of lines.slice(start + 1)) {
    if (!line || SILENT.test(line)) continue;
    if (open) {
      const column = line === "}" ? null : readColumn(line);
      if (line !== "}" && !column) return null;
      if (column) open.columns.push(column);
      else open = null;
      continue;
    }
    const relation = RELATION.exec(line);
    if (relation) {
      const [, source, from, line_, to, target, label] = relation;
      const ends = { source: named(bare(source)).name, target: named(bare(target)).name };
      links.push({ ...ends, from: LEFT[from], to: RIGHT[to], label: bare(label ?? ""), dashed: line_ === ".." });
      continue;
    }
    const entity = ENTITY.exec(line);
    if (!entity) return null;
    const table = named(bare(entity[1]), (entity[2] ?? entity[3] ?? "").trim());
    if (entity[4]) open = table;
  }
  return open || !tables.size ? null : { tables: [...tables.values()], links };
}

/** What is joined with a table by any relation. @param {Model} model @param {string} name @returns {Set<string>} */
export function neighboursOf({ links }, name) {
  const found = links.flatMap(({ source, target }) => (source === name ? [target] : target === name ? [source] : []));
  return new Set(found.filter((other) => other !== name));
}

/** How many columns a table shows: none, those of keys, or all. @param {Table} table @param {string} level */
export const columnsOf = ({ columns }, level) =>
  level === "names" ? [] : level === "keys" ? columns.filter(({ keys }) => keys.some((key) => key !== "UK")) : columns;
