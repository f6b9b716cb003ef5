/**
 * The blueprint as an editor: each field is changed in place. What is typed becomes operations; the server says at once
 * what comes of them and what follows, and nothing is stored before it is saved.
 */
import { api } from "../api.js";
import { html, useEffect, useState } from "../dom.js";
import { describeFailure } from "../failure.js";
import { t } from "../i18n.js";
import { ChangeDialog } from "./changes.js";

const TYPES = "string text integer decimal boolean date datetime time uuid enum email url json file".split(" ");
const parsed = (source) => JSON.parse(source);

/** A text that counts when one leaves it or presses Enter; Escape takes it back. What others change meanwhile does not
 * touch what is being typed. */
function Field({ label, value, onValue, wide }) {
  const [typed, setTyped] = useState(/** @type {string | null} */ (null));
  const kept = value ?? "";
  const keys = (event) => {
    if (event.key === "Enter") event.target.blur();
    if (event.key === "Escape") setTyped(null);
  };
  const leave = () => {
    const text = typed?.trim() ?? kept;
    setTyped(null);
    if (text !== kept) onValue(text);
  };
  return html`<input class=${wide ? "input wide" : "input"} type="text" aria-label=${label} value=${typed ?? kept}
    onInput=${(event) => setTyped(event.target.value)} onKeyDown=${keys} onBlur=${leave} spellcheck="false" />`;
}

const Tick = ({ label, value, onValue }) =>
  html`<input type="checkbox" aria-label=${label} checked=${value} onChange=${(event) => onValue(event.target.checked)} />`;

const Drop = ({ name, onDrop }) =>
  html`<button class="link" type="button" aria-label=${t("model.remove", { name })} onClick=${onDrop}>✕</button>`;

const change = (what, id, set) => ({ do: "change", what, id, set });
const rename = (what, id, to) => ({ do: "rename", what, id, to });
const remove = (what, id) => ({ do: "remove", what, id });

function Attributes({ entity, put }) {
  const row = (one) => {
    const id = `${entity.name}.${one.name}`;
    const named = (field) => `${id} ${field}`;
    return html`<tr key=${one.name}>
      <td><${Field} label=${named(t("model.name"))} value=${one.name} onValue=${(to) => put(rename("attribute", id, to))} /></td>
      <td><select class="input" aria-label=${named(t("model.type"))} value=${one.type ?? "string"} onChange=${(event) => put(change("attribute", id, { type: event.target.value }))}>
        ${TYPES.map((type) => html`<option value=${type}>${type}</option>`)}</select></td>
      <td><${Field} label=${named(t("model.label"))} value=${one.label} onValue=${(label) => put(change("attribute", id, { label }))} /></td>
      <td><${Tick} label=${named(t("model.required"))} value=${one.required !== false} onValue=${(required) => put(change("attribute", id, { required }))} /></td>
      <td><${Tick} label=${named(t("model.unique"))} value=${one.unique === true} onValue=${(unique) => put(change("attribute", id, { unique }))} /></td>
      <td>${one.references ? html`<code>→ ${one.references}</code>` : null}</td>
      <td><${Drop} name=${id} onDrop=${() => put(remove("attribute", id))} /></td></tr>`;
  };
  const heads = ["name", "type", "label", "required", "unique"];
  return html`<table class="grid model"><thead><tr>${heads.map((head) => html`<th scope="col">${t(`model.${head}`)}</th>`)}<th></th><th></th></tr></thead>
    <tbody>${(entity.attributes ?? []).map(row)}</tbody></table>
    <${NewThing} label=${t("model.newAttribute", { name: entity.name })} onName=${(name) => put({ do: "add", what: "attribute", in: entity.name, value: { name } })} />`;
}

/** A name and Enter: two keystrokes more than the name. */
function NewThing({ label, onName }) {
  const keys = (event) => {
    const name = event.target.value.trim();
    if (event.key !== "Enter" || !name) return;
    onName(name);
    event.target.value = "";
  };
  return html`<input class="input new-thing" type="text" placeholder=${label} aria-label=${label} onKeyDown=${keys} spellcheck="false" />`;
}

function Block({ title, children }) {
  return html`<section class="blueprint-section"><h3>${title}</h3>${children}</section>`;
}

function Steps({ story, put }) {
  const steps = story.steps ?? [];
  return html`<ol class="model-steps">${steps.map((step, at) => {
    const id = `${story.id}.${at + 1}`;
    const move = (to) => put({ do: "move", what: "step", id, to });
    const keys = (event) => {
      if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
      event.preventDefault();
      const to = at + (event.key === "ArrowUp" ? -1 : 1);
      if (to >= 0 && to < steps.length) move(to);
    };
    return html`<li key=${`${at} ${step.message}`} draggable="true" onKeyDown=${keys}
      onDragStart=${(event) => event.dataTransfer.setData("text/plain", String(at))} onDragOver=${(event) => event.preventDefault()}
      onDrop=${(event) => put({ do: "move", what: "step", id: `${story.id}.${Number(event.dataTransfer.getData("text/plain")) + 1}`, to: at })}>
      <code>${step.source} → ${step.target}</code> <${Field} wide label=${t("model.step", { n: at + 1, name: story.id })} value=${step.message} onValue=${(message) => put(change("step", id, { message }))} />
      <${Drop} name=${id} onDrop=${() => put(remove("step", id))} /></li>`;
  })}</ol>`;
}

function Model({ plan, put }) {
  const nextRequirement = () =>
    `R${Math.max(0, ...[...(plan.requirements ?? []), ...(plan.former ?? [])].map((one) => Number(one.id.slice(1)))) + 1}`;
  return html`
    <${Block} title=${t("bp.requirements")}><ul class="plain model-list">${(plan.requirements ?? []).map(
      (
        one,
      ) => html`<li key=${one.id}><code>${one.id}</code> <${Field} wide label=${`${one.id} ${t("model.text")}`} value=${one.text} onValue=${(text) => put({ do: "replace", what: "requirement", id: one.id, value: { ...one, id: nextRequirement(), text } })} />
        <${Drop} name=${one.id} onDrop=${() => put(remove("requirement", one.id))} /></li>`,
    )}</ul><${NewThing} label=${t("model.newRequirement")} onName=${(text) => put({ do: "add", what: "requirement", value: { id: nextRequirement(), text } })} /><//>
    <${Block} title=${t("bp.actors")}><ul class="plain model-list">${(plan.actors ?? []).map(
      (
        one,
      ) => html`<li key=${one.id}><${Field} label=${`${one.id} ${t("model.name")}`} value=${one.id} onValue=${(to) => put(rename("actor", one.id, to))} />
        <${Field} label=${`${one.id} ${t("model.label")}`} value=${one.label} onValue=${(label) => put(change("actor", one.id, { label }))} /> <${Drop} name=${one.id} onDrop=${() => put(remove("actor", one.id))} /></li>`,
    )}</ul><//>
    <${Block} title=${t("bp.entities")}>${(plan.entities ?? []).map(
      (one) => html`<div class="tile model-entity" key=${one.name} id=${`entity-${one.name}`}>
        <div class="model-head"><${Field} label=${`${one.name} ${t("model.name")}`} value=${one.name} onValue=${(to) => put(rename("entity", one.name, to))} />
          <${Field} label=${`${one.name} ${t("model.label")}`} value=${one.label} onValue=${(label) => put(change("entity", one.name, { label }))} /> <${Drop} name=${one.name} onDrop=${() => put(remove("entity", one.name))} /></div>
        <${Attributes} entity=${one} put=${put} /></div>`,
    )}<${NewThing} label=${t("model.newEntity")} onName=${(name) => put({ do: "add", what: "entity", value: { name, label: name, attributes: [{ name: "id", type: "uuid", key: "primary" }] } })} /><//>
    <${Block} title=${t("model.relations")}><ul class="plain model-list">${(plan.relations ?? []).map(
      (one) =>
        html`<li key=${`${one.source}-${one.target} ${one.label}`}><code>${one.source} – ${one.target}</code> <span class="hint">${one.cardinality}</span> <${Drop} name=${`${one.source}-${one.target}`} onDrop=${() => put(remove("relation", `${one.source}-${one.target}`))} /></li>`,
    )}</ul><//>
    <${Block} title=${t("bp.operations")}><ul class="plain model-list">${(plan.operations ?? []).map(
      (
        one,
      ) => html`<li key=${one.id}><span class="method" data-method=${one.method.toLowerCase()}>${one.method}</span> <${Field} label=${`${one.id} ${t("model.path")}`} value=${one.path} onValue=${(path) => put(change("operation", one.id, { path }))} />
        <${Field} label=${`${one.id} ${t("model.name")}`} value=${one.id} onValue=${(to) => put(rename("operation", one.id, to))} /> <${Field} wide label=${`${one.id} ${t("model.text")}`} value=${one.summary} onValue=${(summary) => put(change("operation", one.id, { summary }))} />
        <${Drop} name=${one.id} onDrop=${() => put(remove("operation", one.id))} /></li>`,
    )}</ul><//>
    <${Block} title=${t("bp.scenarios")}>${(plan.scenarios ?? []).map(
      (
        one,
      ) => html`<div class="tile" key=${one.id}><div class="model-head"><${Field} wide label=${`${one.id} ${t("model.title")}`} value=${one.title} onValue=${(title) => put(change("scenario", one.id, { title }))} /> <${Drop} name=${one.id} onDrop=${() => put(remove("scenario", one.id))} /></div>
        <${Steps} story=${one} put=${put} /></div>`,
    )}<//>`;
}

/**
 * @param {{designId: string, item: Made, onDone: () => void}} props
 */
export function BlueprintEditor({ designId, item, onDone }) {
  const { source } = item.artifact.revision;
  const [asked, setAsked] = useState(
    /** @type {{operations: Record<string, any>[], undone: Record<string, any>[]}} */ ({ operations: [], undone: [] }),
  );
  const [proposal, setProposal] = useState(null);
  const [problem, setProblem] = useState("");
  const [reviewing, setReviewing] = useState(false);
  const { operations, undone } = asked;

  useEffect(() => {
    if (!operations.length) {
      setProposal(null);
      return undefined;
    }
    let late = false;
    api.change(designId, { operations }).then(
      (found) => {
        if (late) return;
        const refused = found.refused[0];
        if (refused) {
          setProblem(refused.message);
          setAsked((last) => ({ ...last, operations: last.operations.slice(0, -1) }));
        } else setProposal(found);
      },
      (error) => {
        if (late) return;
        setProblem(describeFailure(error));
        setAsked((last) => ({ ...last, operations: last.operations.slice(0, -1) }));
      },
    );
    return () => {
      late = true;
    };
  }, [designId, operations, source]);

  const put = (operation) => {
    setProblem("");
    setAsked((last) => ({ operations: [...last.operations, operation], undone: [] }));
  };
  const undo = () =>
    setAsked((last) => ({
      operations: last.operations.slice(0, -1),
      undone: [...last.undone, ...last.operations.slice(-1)],
    }));
  const redo = () =>
    setAsked((last) => ({
      operations: [...last.operations, ...last.undone.slice(-1)],
      undone: last.undone.slice(0, -1),
    }));
  const keys = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.tagName === "TEXTAREA") return;
    if (event.key === "z") {
      event.preventDefault();
      (event.shiftKey ? redo : undo)();
    } else if (event.key === "s") {
      event.preventDefault();
      if (proposal) setReviewing(true);
    }
  };
  // On the whole page: what had the focus may be gone with what was removed.
  useEffect(() => {
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  });
  const follows = proposal ? proposal.operations.filter((one) => one.because !== undefined) : [];
  return html`<div class="modelling">
    <div class="editor-foot sticky"><span role="status">${problem ? html`<span class="check-state" data-errors="true">${problem}</span>` : t("model.changes", { n: operations.length })}
      ${follows.length > 0 && html`<details class="ghost"><summary>${t("model.follows", { n: follows.length })}</summary><ul class="plain">${follows.map((one) => html`<li><code>${one.line}</code></li>`)}</ul></details>`}</span>
      <span class="actions"><button class="button quiet" type="button" disabled=${!operations.length} onClick=${undo}>${t("undo")}</button>
        <button class="button quiet" type="button" disabled=${!undone.length} onClick=${redo}>${t("model.redo")}</button>
        <button class="button quiet" type="button" onClick=${onDone}>${t("discard")}</button>
        <button class="button primary" type="button" disabled=${!proposal} onClick=${() => setReviewing(true)}>${t("model.review")}</button></span></div>
    <${Model} plan=${parsed(operations.length && proposal ? proposal.blueprint : source)} put=${put} />
    ${reviewing && proposal && html`<${ChangeDialog} designId=${designId} proposal=${proposal} why="" onDone=${onDone} onClose=${() => setReviewing(false)} />`}
  </div>`;
}
