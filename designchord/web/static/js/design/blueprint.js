/** The blueprint as a card that people can read: who, what, which calls, which stories, what was taken for granted. */
import { html, useMemo } from "../dom.js";
import { t, tOr } from "../i18n.js";
import { Decisions } from "./decisions.js";
import { Why, useGrounds } from "./grounds.js";
import { listOf, parseBlueprint, word } from "./plan.js";
import { hrefOf } from "./route.js";
import { openThread } from "./search.js";

function Section({ title, count, children }) {
  return html`<section class="blueprint-section"><h3>${title} ${count ? html`<span class="count">${count}</span>` : null}</h3>${children}</section>`;
}

const Assumed = ({ entry }) =>
  entry.assumed ? html` <span class="badge assumed" title=${t("assumed.hint")}>${t("assumed")}</span>` : null;

const Traces = ({ ids }) =>
  Array.isArray(ids) && ids.length
    ? html`<span class="traces">${ids.map((id) => html`<button type="button" aria-label=${t("thread.of", { name: word(id) })} onClick=${() => openThread(word(id))}>${word(id)}</button>`)}</span>`
    : null;

function Actors({ actors, why }) {
  return html`<${Section} title=${t("bp.actors")} count=${actors.length}>
    <ul class="tiles">${actors.map(
      (
        actor,
      ) => html`<li class="tile" title=${why("actor", word(actor.id))}><strong>${word(actor.label)}</strong> <code>${word(actor.id)}</code>
        ${actor.kind === "external" && html` <span class="badge">${t("bp.external")}</span>`}<p class="hint">${word(actor.description)}</p><${Why} text=${why("actor", word(actor.id))} /></li>`,
    )}</ul><//>`;
}

function Requirements({ requirements }) {
  return html`<${Section} title=${t("bp.requirements")} count=${requirements.length}>
    <ul class="plain requirements">${requirements.map(
      (entry) => html`<li><code>${word(entry.id)}</code><span>${word(entry.text)}</span>
        <span class="hint">${[tOr(`bp.kind.${entry.kind}`, word(entry.kind)), tOr(`bp.priority.${entry.priority}`, word(entry.priority))].filter(Boolean).join(" · ")}</span></li>`,
    )}</ul><//>`;
}

const KEYS = { primary: "PK", foreign: "FK", primary_foreign: "PK FK" };

/** Values that are the default are left out of the source. */
function Entities({ entities, why }) {
  return html`<${Section} title=${t("bp.entities")} count=${entities.length}>
    <ul class="tiles">${entities.map(
      (
        entity,
      ) => html`<li class="tile" title=${why("entity", word(entity.name))}><strong>${word(entity.label)}</strong> <button class="thread-name" type="button" aria-label=${t("thread.of", { name: word(entity.name) })} onClick=${() => openThread(word(entity.name))}><code>${word(entity.name)}</code></button><${Assumed} entry=${entity} /> <${Traces} ids=${entity.requirements} />
        <ul class="attributes">${listOf(entity.attributes).map(
          (
            entry,
          ) => html`<li class=${entry.assumed ? "assumed-entry" : null} title=${entry.assumed ? t("assumed.hint") : why("attribute", `${word(entity.name)}.${word(entry.name)}`)}><code>${word(entry.name)}</code><span class="type">${word(entry.type ?? "string")}</span>
            <span class="hint">${[KEYS[entry.key], entry.references && `→ ${word(entry.references)}`].filter(Boolean).join(" ")}</span></li>`,
        )}</ul><${Why} text=${why("entity", word(entity.name))} /></li>`,
    )}</ul><//>`;
}

function Operations({ operations, why }) {
  return html`<${Section} title=${t("bp.operations")} count=${operations.length}>
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
  return html`<${Section} title=${t("bp.scenarios")} count=${scenarios.length}>
    <ul class="plain">${scenarios.map(
      (entry) => html`<li class="scenario">${titleOf(entry)}<${Assumed} entry=${entry} />
        <span class="hint">${t("bp.steps", { n: listOf(entry.steps).length })}</span> <${Traces} ids=${entry.requirements} /><p class="hint">${word(entry.description)}</p></li>`,
    )}</ul><//>`;
}

/** @param {{designId: string, source: string, items: Item[], base: number}} props `items`: what the design consists of; `base`: the version */
export function BlueprintView({ designId, source, items, base }) {
  const plan = useMemo(() => parseBlueprint(source), [source]);
  const why = useGrounds(designId, source);
  if (!plan) return html`<p class="notice warning">${t("bp.unreadable")}</p>`;
  return html`<div class="blueprint">
    ${plan.summary && html`<p class="lead">${word(plan.summary)}</p>`}
    <${Decisions} designId=${designId} plan=${plan} base=${base} />
    <${Requirements} requirements=${listOf(plan.requirements)} />
    <${Actors} actors=${listOf(plan.actors)} why=${why} />
    <${Entities} entities=${listOf(plan.entities)} why=${why} />
    <${Operations} operations=${listOf(plan.operations)} why=${why} />
    <${Scenarios} scenarios=${listOf(plan.scenarios)} items=${items} />
  </div>`;
}
