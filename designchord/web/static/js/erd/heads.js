/** What stands at the head of a table. */

const squash = (text) => text.replace(/[\s_-]/g, "").toLowerCase();

/** How what is new, gone, another or taken for granted is marked, beside its colour. */
export const SIGNS = { added: "＋", removed: "－", changed: "～", assumed: "?" };

/** A model whose tables, columns and links say what became of them. @param {any} model @param {Record<string, string>} marks */
export function withMarks({ tables, links }, marks) {
  const signed = (text, mark) => (mark ? `${SIGNS[mark]} ${text}`.trim() : text);
  return {
    tables: tables.map((table) => ({
      ...table,
      mark: marks[table.name],
      columns: table.columns.map((column) => {
        const mark = marks[`${table.name}.${column.name}`];
        return { ...column, name: signed(column.name, mark), mark };
      }),
    })),
    links: links.map((link) => {
      const mark = marks[`${link.source}-${link.target}`];
      return { ...link, label: signed(link.label, mark), mark };
    }),
  };
}

/** What stands at the head of a table: what it is called, and its name where that says more. */
export function headOf({ name, label, mark = "" }) {
  if (mark) {
    const head = headOf({ name, label });
    return { ...head, label: `${SIGNS[mark]} ${head.label}` };
  }
  const spoken = label.endsWith(` ${name}`) ? label.slice(0, -name.length - 1) : label;
  return squash(spoken) === squash(name) ? { label: name, name: "" } : { label: spoken, name };
}
