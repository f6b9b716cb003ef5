/** An API to read: its operations with a filter, one of them in full, and a mock of it to try. */
import { listOf, parseBlueprint, useAssumed, word } from "../design/plan.js";
import { useHtml } from "../design/reading.js";
import { hrefOf } from "../design/route.js";
import { html, useMemo, useState } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";
import { Trial } from "../running/trial.js";
import { Detail } from "./detail.js";
import { CallList, Filter, SCHEMA } from "./list.js";
import { filterCalls, groupByTag, parseSpec, readFacts } from "./operations.js";

/** On a phone the list comes first, and an operation takes its place. */
const PHONE = matchMedia("(max-width: 56rem)");

const shorten = (words) => (words.length > 70 ? `${words.slice(0, 69)}…` : words);

/** What the filter offers: only what some operation is about. */
function useChoices(facts, items) {
  return useMemo(() => {
    const plan = parseBlueprint(items.find(({ kind }) => kind === "blueprint")?.artifact?.revision.source ?? "");
    const words = new Map(listOf(plan?.requirements).map(({ id, text }) => [word(id), word(text)]));
    const labels = new Map(listOf(plan?.entities).map(({ name, label }) => [word(name), word(label) || word(name)]));
    const met = [...new Set(facts.calls.flatMap((call) => call.requirements))];
    const used = new Set(facts.calls.flatMap((call) => call.schemas));
    met.sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
    return {
      words,
      tags: [...new Set(facts.calls.map(({ tag }) => tag).filter(Boolean))],
      requirements: met.map((id) => [id, shorten([id, words.get(id)].filter(Boolean).join(" "))]),
      entities: [...labels].filter(([name]) => used.has(name)),
    };
  }, [facts, items]);
}

/** @param {{designId: string, item: Made, items: Item[], thing: string, spec: Record<string, any>, onTry: (id: string) => void}} props */
function Reader({ designId, item, items, thing, spec, onTry }) {
  const { text, failure } = useHtml(designId, item);
  const facts = useMemo(() => readFacts(spec), [spec]);
  const { words, ...choices } = useChoices(facts, items);
  const assumed = useAssumed(items);
  const [filter, setFilter] = useState({ words: "", about: "" });
  const calls = filterCalls(facts.calls, filter.words, filter.about);
  const groups = groupByTag(spec, calls);
  const schema = thing.startsWith(SCHEMA) ? thing.slice(SCHEMA.length) : "";
  const chosen = facts.calls.find(({ id }) => id === thing);
  const call = schema || PHONE.matches ? chosen : (chosen ?? groups[0]?.[1][0]);
  if (failure) return html`<p class="notice warning">${failure}</p>`;
  return html`<div class="api-reader" data-chosen=${String(Boolean(chosen || schema))}>
    <div class="api-side">
      <${Filter} filter=${filter} change=${(some) => setFilter({ ...filter, ...some })} ...${choices} />
      <p class="hint" role="status">${t("reader.count", { n: calls.length })}</p>
      <${CallList} part=${item.key} groups=${groups} schemas=${facts.schemas} current=${schema ? thing : (call?.id ?? "")} assumed=${assumed} />
    </div>
    <div class="api-main"><a class="api-back" href=${hrefOf(item.key)}><${Icon} name="left" />${t("reader.back")}</a>
      ${text !== null && (call || schema) && html`<${Detail} text=${text} part=${item.key} call=${call} schema=${schema} requirements=${words} onTry=${call ? () => onTry(call.id) : null} />`}
    </div>
  </div>`;
}

/** @param {{designId: string, item: Made, items: Item[], thing: string}} props `thing`: an operation, or `schema:` and its name */
export function ApiView({ designId, item, items, thing }) {
  const { source } = item.artifact.revision;
  const spec = useMemo(() => parseSpec(source), [source]);
  const [trying, setTrying] = useState(/** @type {string | null} */ (null));
  if (!spec) return html`<p class="notice warning">${t("reading.unreadable")}</p>`;
  const version = `${designId} ${items.map(({ artifact }) => artifact?.revision.number).join()}`;
  const choice = (pressed, label, onClick) =>
    html`<button type="button" aria-pressed=${String(pressed)} onClick=${onClick}>${label}</button>`;
  return html`<div class="api-choice"><div class="segments" role="group" aria-label=${t("reader.viewer")}>
      ${choice(trying === null, t("reader.read"), () => setTrying(null))}${choice(trying !== null, t("trial"), () => setTrying(thing))}
    </div></div>
    ${
      trying === null
        ? html`<${Reader} designId=${designId} item=${item} items=${items} thing=${thing} spec=${spec} onTry=${setTrying} />`
        : html`<${Trial} designId=${designId} version=${version} first=${trying} />`
    }`;
}
