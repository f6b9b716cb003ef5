/** The entities as a list: what small screens show, and what is read out. */
import { html } from "../dom.js";
import { t } from "../i18n.js";
import { headOf } from "./heads.js";

/** What joins a table with others, in words: `1 : n Loan (has)`. */
export function relationsOf({ links, tables }, name) {
  const labels = new Map(tables.map((table) => [table.name, headOf(table).label]));
  const many = (end) => (end === "many" || end === "some" ? "n" : "1");
  return links.flatMap((link) => {
    if (link.source !== name && link.target !== name) return [];
    const away = link.source === name;
    const other = away ? link.target : link.source;
    const [here, there] = away ? [link.from, link.to] : [link.to, link.from];
    return [{ other, label: labels.get(other) ?? other, ends: `${many(here)} : ${many(there)}`, words: link.label }];
  });
}

/** @param {{table: import("./reading.js").Table}} props */
export function Columns({ table }) {
  return html`<ul class="plain columns">${table.columns.map(
    ({ name, type, keys, comment }) => html`<li><code>${name}</code> <span class="type">${type}</span>
      ${keys.length > 0 && html` <span class="hint">${keys.join(" ")}</span>`}${comment && html`<span class="hint columns-comment">${comment}</span>`}</li>`,
  )}</ul>`;
}

/** @param {{model: import("./reading.js").Model, name: string, onPick: (name: string) => void}} props */
export function Relations({ model, name, onPick }) {
  const relations = relationsOf(model, name);
  if (!relations.length) return null;
  return html`<ul class="plain relations" aria-label=${t("erd.relations")}>${relations.map(
    ({
      other,
      label,
      ends,
      words,
    }) => html`<li><span class="hint">${ends}</span> <button class="link" type="button" onClick=${() => onPick(other)}>${label}</button>
      ${words && html` <span class="hint">${words}</span>`}</li>`,
  )}</ul>`;
}

/** @param {{model: import("./reading.js").Model, words: string, title: string}} props */
export function EntityList({ model, words, title }) {
  const found = model.tables.filter(
    (table) =>
      !words ||
      `${table.name} ${table.label} ${table.columns.map(({ name }) => name).join(" ")}`.toLowerCase().includes(words),
  );
  const go = (name) => {
    const entry = document.getElementById(`entity-${name}`);
    if (!(entry instanceof HTMLDetailsElement)) return;
    entry.open = true;
    entry.scrollIntoView({ block: "start" });
    entry.querySelector("summary")?.focus();
  };
  return html`<ul class="plain entity-list" aria-label=${title}>${found.map((table) => {
    const head = headOf(table);
    return html`<li key=${table.name}><details id=${`entity-${table.name}`}>
      <summary><strong>${head.label}</strong> ${head.name && html`<code>${head.name}</code>`} <span class="hint">${t("erd.columns", { n: table.columns.length })}</span></summary>
      <${Columns} table=${table} /><${Relations} model=${model} name=${table.name} onPick=${go} />
    </details></li>`;
  })}</ul>`;
}
