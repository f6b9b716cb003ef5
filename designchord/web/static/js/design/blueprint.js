/** The blueprint as a card that people can read: who, what, which calls, which stories, what was taken for granted. */
import { html, useMemo, useRef } from "../dom.js";
import { headOf } from "../erd/heads.js";
import { t, tOr } from "../i18n.js";
import { Contents } from "./contents.js";
import { Decisions, countDecisions } from "./decisions.js";
import { Why, useGrounds } from "./grounds.js";
import { listOf, parseBlueprint, word } from "./plan.js";
import { hrefOf } from "./route.js";
import { openThread } from "./search.js";

/** The sections, as they are called in the addresses and in the contents. */
const SECTIONS = ["requirements", "actors", "entities", "operations", "scenarios"];
const idOf = (name) => `bp-${name}`;
const entityId = (entity) => `bp-entity-${word(entity.name)}`;

function Section({ name, count, children }) {
  return html`<section class="blueprint-section"><h3 id=${idOf(name)}>${t(`bp.${name}`)} ${count ? html`<span class="count">${count}</span>` : null}</h3>${children}</section>`;
}

/** @param {Record<string, any>} plan @returns {import("./contents.js").Heading[]} */
function headingsOf(plan) {
  const open = countDecisions(plan);
  const count = (n) => (n ? ` (${n})` : "");
  const decisions = open ? [{ id: "decisions", level: 2, text: t("decide.title") + count(open) }] : [];
  return [
    ...decisions,
    ...SECTIONS.flatMap((name) => {
      const things = listOf(plan[name]);
      const heading = { id: idOf(name), level: 2, text: t(`bp.${name}`) + count(things.length) };
      if (name !== "entities") return [heading];
      return [
        heading,
        ...things.map((one) => ({ id: entityId(one), level: 3, text: word(one.label) || word(one.name) })),
      ];
    }),
  ];
}

const Assumed = ({ entry }) =>
  entry.assumed ? html` <span class="badge assumed" title=${t("assumed.hint")}>${t("assumed")}</span>` : null;

const Traces = ({ ids }) =>
  Array.isArray(ids) && ids.length
    ? html`<span class="traces">${ids.map((id) => html`<button type="button" aria-label=${t("thread.of", { name: word(id) })} onClick=${() => openThread(word(id))}>${word(id)}</button>`)}</span>`
    : null;

function Actors({ actors, why }) {
  return html`<${Section} name="actors" count=${actors.length}>
    <ul class="tiles">${actors.map((actor) => {
      const head = headOf({ name: word(actor.id), label: word(actor.label) });
      return html`<li class="tile" title=${why("actor", word(actor.id))}><strong>${head.label}</strong> ${head.name && html`<code>${head.name}</code>`}
        ${actor.kind === "external" && html` <span class="badge">${t("bp.external")}</span>`}<p class="hint">${word(actor.description)}</p><${Why} text=${why("actor", word(actor.id))} /></li>`;
    })}</ul><//>`;
}

function Requirements({ requirements }) {
  return html`<${Section} name="requirements" count=${requirements.length}>
    <ul class="plain requirements">${requirements.map(
      (entry) => html`<li><code>${word(entry.id)}</code><span>${word(entry.text)}</span>
        <span class="hint">${[tOr(`bp.kind.${entry.kind}`, word(entry.kind)), tOr(`bp.priority.${entry.priority}`, word(entry.priority))].filter(Boolean).join(" · ")}</span></li>`,
    )}</ul><//>`;
}

const KEYS = { primary: "PK", foreign: "FK", primary_foreign: "PK FK" };

/** Values that are the default are left out of the source. */
function Attributes({ entity, why }) {
  const row = (entry) => {
    const grounds = entry.assumed ? t("assumed.hint") : why("attribute", `${word(entity.name)}.${word(entry.name)}`);
    const keys = [KEYS[entry.key], entry.references && `→ ${word(entry.references)}`].filter(Boolean).join(" ");
    return html`<li class=${entry.assumed ? "assumed-entry" : null} title=${grounds}><code>${word(entry.name)}</code><span class="type">${word(entry.type ?? "string")}</span>
      ${entry.assumed ? html`<span class="sr">${t("assumed")}</span>` : null}<span class="hint">${keys}</span></li>`;
  };
  return html`<ul class="attributes">${listOf(entity.attributes).map(row)}</ul>`;
}

function Entities({ entities, why }) {
  const anyAssumed = entities.some(({ attributes }) => listOf(attributes).some(({ assumed }) => assumed));
  return html`<${Section} name="entities" count=${entities.length}>
    ${anyAssumed && html`<p class="hint assumed-entry"><code>${t("assumed.sample")}</code> ${t("assumed")}: ${t("assumed.hint")}</p>`}
    <ul class="tiles">${entities.map((entity) => {
      const [name, label] = [word(entity.name), word(entity.label)];
      const head = headOf({ name, label });
      const thread = (words) =>
        html`<button class="thread-name" type="button" aria-label=${t("thread.of", { name })} onClick=${() => openThread(name)}>${words}</button>`;
      return html`<li class="tile" id=${entityId(entity)} title=${why("entity", name)}>${head.name ? html`<strong>${head.label}</strong> ${thread(html`<code>${head.name}</code>`)}` : thread(html`<strong>${head.label}</strong>`)}<${Assumed} entry=${entity} /> <${Traces} ids=${entity.requirements} />
        <${Attributes} entity=${entity} why=${why} /><${Why} text=${why("entity", name)} /></li>`;
    })}</ul><//>`;
}

function Operations({ operations, why }) {
  return html`<${Section} name="operations" count=${operations.length}>
    <ul class="plain">${operations.map(
      (
        entry,
      ) => html`<li class="call" title=${why("operation", word(entry.id))}><span class="method" data-method=${word(entry.method).toLowerCase()}>${word(entry.method)}</span>
        <code class="path">${word(entry.path)}</code><span class="summary">${word(entry.summary)}<${Assumed} entry=${entry} /></span><${Traces} ids=${entry.requirements} /><${Why} text=${why("operation", word(entry.id))} /></li>`,
    )}</ul><//>`;
}

/** A scenario leads to the part that draws it, if the design has one. */
function Scenarios({ scenarios, items }) {
  const titleOf = ({ id, title }) => {
    const part = items.find((item) => item.part && item.part === id);
    return part ? html`<a href=${hrefOf(part.key)}>${word(title)}</a>` : word(title);
  };
  return html`<${Section} name="scenarios" count=${scenarios.length}>
    <ul class="plain">${scenarios.map(
      (entry) =>
        html`<li class="scenario">${titleOf(entry)}<${Assumed} entry=${entry} /> <span class="hint">${t("bp.steps", { n: listOf(entry.steps).length })}</span> <${Traces} ids=${entry.requirements} /><p class="hint">${word(entry.description)}</p></li>`,
    )}</ul><//>`;
}

/** @param {{designId: string, source: string, items: Item[], base: number}} props `items`: what the design consists of; `base`: the version */
export function BlueprintView({ designId, source, items, base }) {
  const plan = useMemo(() => parseBlueprint(source), [source]);
  const why = useGrounds(designId, source);
  const box = useRef(null);
  if (!plan) return html`<p class="notice warning">${t("bp.unreadable")}</p>`;
  return html`<div class="document blueprint-document"><${Contents} headings=${headingsOf(plan)} article=${box} />
    <div class="blueprint" ref=${box}>
    ${plan.summary && html`<p class="lead">${word(plan.summary)}</p>`}
    <${Decisions} designId=${designId} plan=${plan} base=${base} />
    <${Requirements} requirements=${listOf(plan.requirements)} />
    <${Actors} actors=${listOf(plan.actors)} why=${why} />
    <${Entities} entities=${listOf(plan.entities)} why=${why} />
    <${Operations} operations=${listOf(plan.operations)} why=${why} />
    <${Scenarios} scenarios=${listOf(plan.scenarios)} items=${items} />
  </div></div>`;
}
