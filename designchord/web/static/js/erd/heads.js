/** What stands at the head of a table. */

const squash = (text) => text.replace(/[\s_-]/g, "").toLowerCase();

/** What stands at the head of a table: what it is called, and its name where that says more. */
export function headOf({ name, label }) {
  const spoken = label.endsWith(` ${name}`) ? label.slice(0, -name.length - 1) : label;
  return squash(spoken) === squash(name) ? { label: name, name: "" } : { label: spoken, name };
}
