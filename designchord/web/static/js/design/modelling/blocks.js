/** The things of a blueprint, each to be changed where it stands. */
import { html } from "../../dom.js";
import { t } from "../../i18n.js";
import { CARDINALITIES, checkName, checkText, readActor, readCall, readRelation } from "./checks.js";
import { Choice, Drop, Field, Kept, NewThing, Tick, reading } from "./fields.js";
import { add, addressesOf, change, nextRequirement, remove, rename } from "./operations.js";

const TYPES = "string text integer decimal boolean date datetime time uuid enum email url json file".split(" ");
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

export function Block({ title, children }) {
  return html`<section class="blueprint-section"><h3>${title}</h3>${children}</section>`;
}

export function Requirements({ plan, put }) {
  const row = (one) => {
    const replaced = (text) =>
      put({ do: "replace", what: "requirement", id: one.id, value: { ...one, id: nextRequirement(plan), text } });
    return html`<li key=${one.id}><code>${one.id}</code> <${Field} wide label=${`${one.id} ${t("model.text")}`} value=${one.text} check=${checkText} onValue=${replaced} />
      <${Choice} label=${`${one.id} ${t("field.priority")}`} value=${one.priority ?? "must"} choices=${["must", "should", "could"].map((name) => [name, t(`bp.priority.${name}`)])} onValue=${(priority) => put(change("requirement", one.id, { priority }, one))} />
      <${Drop} name=${one.id} onDrop=${() => put(remove("requirement", one.id))} /></li>`;
  };
  const read = reading((text) => ({ id: nextRequirement(plan), text }));
  return html`<${Block} title=${t("bp.requirements")}><ul class="plain model-list">${(plan.requirements ?? []).map(row)}</ul>
    <${NewThing} label=${t("model.newRequirement")} read=${read} onThing=${(value) => put(add("requirement", value))} /><//>`;
}

export function Actors({ plan, put }) {
  const actors = plan.actors ?? [];
  const names = actors.map(({ id }) => id);
  const kinds = [
    ["person", t("model.person")],
    ["external", t("bp.external")],
  ];
  const read = reading(readActor, ({ id }) => checkName("actor", names)(id));
  return html`<${Block} title=${t("bp.actors")}><ul class="plain model-list">${actors.map(
    (
      one,
    ) => html`<li key=${one.id}><${Field} label=${`${one.id} ${t("model.name")}`} value=${one.id} check=${checkName("actor", names, one.id)} onValue=${(to) => put(rename("actor", one.id, to))} />
      <${Field} label=${`${one.id} ${t("model.label")}`} value=${one.label} check=${checkText} onValue=${(label) => put(change("actor", one.id, { label }, one))} />
      <${Choice} label=${`${one.id} ${t("field.kind")}`} value=${one.kind ?? "person"} choices=${kinds} onValue=${(kind) => put(change("actor", one.id, { kind }, one))} />
      <${Drop} name=${one.id} onDrop=${() => put(remove("actor", one.id))} /></li>`,
  )}</ul><${NewThing} label=${t("model.newActor")} hint="Keeper: keeper of the tools" read=${read} onThing=${(value) => put(add("actor", value))} /><//>`;
}

function Attributes({ entity, put }) {
  const attributes = entity.attributes ?? [];
  const names = attributes.map(({ name }) => name);
  const row = (one) => {
    const id = `${entity.name}.${one.name}`;
    const named = (field) => `${id} ${field}`;
    const set = (fields) => put(change("attribute", id, fields, one));
    return html`<tr key=${one.name}>
      <td><${Field} label=${named(t("model.name"))} value=${one.name} check=${checkName("attribute", names, one.name)} onValue=${(to) => put(rename("attribute", id, to))} /></td>
      <td><${Choice} label=${named(t("model.type"))} value=${one.type ?? "string"} choices=${TYPES} onValue=${(type) => set({ type })} />
        ${one.type === "enum" && html`<${Field} label=${named(t("field.values"))} value=${(one.values ?? []).join(", ")} onValue=${(text) => set({ values: text.split(",").flatMap((value) => value.trim() || []) })} />`}</td>
      <td><${Field} label=${named(t("model.label"))} value=${one.label} onValue=${(label) => set({ label })} /></td>
      <td><${Tick} label=${named(t("model.required"))} value=${one.required !== false} onValue=${(required) => set({ required })} /></td>
      <td><${Tick} label=${named(t("model.unique"))} value=${one.unique === true} onValue=${(unique) => set({ unique })} /></td>
      <td>${one.references ? html`<code>→ ${one.references}</code>` : null}</td>
      <td><${Drop} name=${id} onDrop=${() => put(remove("attribute", id))} /></td></tr>`;
  };
  const heads = ["name", "type", "label", "required", "unique"];
  const read = reading(
    (name) => ({ name }),
    ({ name }) => checkName("attribute", names)(name),
  );
  return html`<table class="grid model"><thead><tr>${heads.map((head) => html`<th scope="col">${t(`model.${head}`)}</th>`)}<td></td><td></td></tr></thead>
    <tbody>${attributes.map(row)}</tbody></table>
    <${NewThing} label=${t("model.newAttribute", { name: entity.name })} read=${read} onThing=${(value) => put(add("attribute", value, entity.name))} />`;
}

export function Entities({ plan, put }) {
  const entities = plan.entities ?? [];
  const names = entities.map(({ name }) => name);
  const key = { name: "id", type: "uuid", key: "primary" };
  const read = reading(
    (name) => ({ name, label: name, attributes: [key] }),
    ({ name }) => checkName("entity", names)(name),
  );
  const tile = (one) => html`<div class="tile model-entity" id=${`entity-${one.name}`}>
    <div class="model-head"><${Field} label=${`${one.name} ${t("model.name")}`} value=${one.name} check=${checkName("entity", names, one.name)} onValue=${(to) => put(rename("entity", one.name, to))} />
      <${Field} label=${`${one.name} ${t("model.label")}`} value=${one.label} check=${checkText} onValue=${(label) => put(change("entity", one.name, { label }, one))} /> <${Drop} name=${one.name} onDrop=${() => put(remove("entity", one.name))} /></div>
    <${Attributes} entity=${one} put=${put} /></div>`;
  return html`<${Block} title=${t("bp.entities")}>${entities.map((one) => html`<${Kept} key=${one.name} of=${[one, names]} draw=${() => tile(one)} />`)}
    <${NewThing} label=${t("model.newEntity")} hint="LoanItem" read=${read} onThing=${(value) => put(add("entity", value))} /><//>`;
}

export function Relations({ plan, put }) {
  const relations = plan.relations ?? [];
  const addresses = addressesOf(relations);
  const names = (plan.entities ?? []).map(({ name }) => name);
  const known = ({ source, target }) => {
    const missing = [source, target].find((side) => !names.includes(side));
    return missing ? t("model.noEntity", { name: missing }) : "";
  };
  return html`<${Block} title=${t("model.relations")}><ul class="plain model-list">${relations.map(
    (one, at) => html`<li key=${addresses[at]}><code>${one.source} – ${one.target}</code>
      <${Choice} label=${`${addresses[at]} ${t("field.cardinality")}`} value=${one.cardinality} choices=${Object.entries(CARDINALITIES)} onValue=${(cardinality) => put(change("relation", addresses[at], { cardinality }, one))} />
      <${Field} label=${`${addresses[at]} ${t("model.label")}`} value=${one.label} onValue=${(label) => put(change("relation", addresses[at], { label }, one))} />
      <${Drop} name=${addresses[at]} onDrop=${() => put(remove("relation", addresses[at]))} /></li>`,
  )}</ul><${NewThing} label=${t("model.newRelation")} hint="Member 1:n Loan" read=${reading(readRelation, known)} onThing=${(value) => put(add("relation", value))} /><//>`;
}

export function Operations({ plan, put }) {
  const operations = plan.operations ?? [];
  const names = operations.map(({ id }) => id);
  const nobody = [["", t("op.nothing")]];
  const actors = [...nobody, ...(plan.actors ?? []).map(({ id }) => id)];
  const entities = [...nobody, ...(plan.entities ?? []).map(({ name }) => name)];
  const row = (one) => {
    const set = (fields) => put(change("operation", one.id, fields, one));
    const named = (field) => `${one.id} ${field}`;
    return html`<li><${Choice} label=${named(t("field.method"))} value=${one.method} choices=${METHODS} onValue=${(method) => set({ method })} />
      <${Field} label=${named(t("model.path"))} value=${one.path} check=${checkName("path", [])} onValue=${(path) => set({ path })} />
      <${Field} label=${named(t("model.name"))} value=${one.id} check=${checkName("operation", names, one.id)} onValue=${(to) => put(rename("operation", one.id, to))} />
      <${Field} wide label=${named(t("model.text"))} value=${one.summary} check=${checkText} onValue=${(summary) => set({ summary })} />
      <${Choice} label=${named(t("field.actor"))} value=${one.actor} choices=${actors} onValue=${(actor) => set({ actor: actor || null })} />
      <${Choice} label=${named(t("field.entity"))} value=${one.entity} choices=${entities} onValue=${(entity) => set({ entity: entity || null })} />
      <${Drop} name=${one.id} onDrop=${() => put(remove("operation", one.id))} /></li>`;
  };
  const free = ({ method, path }) => {
    const form = (text) => text.replace(/\{[^}]*\}/g, "{}");
    const same = operations.find((one) => one.method === method && form(one.path) === form(path));
    return same ? t("model.taken", { name: `${method} ${path}` }) : "";
  };
  const read = reading((line) => readCall(line, plan), free);
  return html`<${Block} title=${t("bp.operations")}><ul class="plain model-list">${operations.map((one) => html`<${Kept} key=${one.id} of=${[one, names, actors, entities]} draw=${() => row(one)} />`)}</ul>
    <${NewThing} label=${t("model.newOperation")} hint="POST /payments Pay by card" read=${read} onThing=${(value) => put(add("operation", value))} /><//>`;
}
