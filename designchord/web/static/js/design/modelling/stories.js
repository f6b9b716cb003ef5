/** Stories and their steps: told, put in another order by keys, by buttons and by dragging. */
import { html, useEffect, useRef } from "../../dom.js";
import { t } from "../../i18n.js";
import { Block } from "./blocks.js";
import { checkText, readStep, slugOf } from "./checks.js";
import { Choice, Drop, Field, NewThing, reading } from "./fields.js";
import { add, change, move, remove } from "./operations.js";

/** A step that was moved keeps the focus, wherever it went. */
function useFollowing(steps) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const moved = useRef(/** @type {{to: number, message: string} | null} */ (null));
  useEffect(() => {
    const { to, message } = moved.current ?? { to: -1, message: "" };
    if (steps[to]?.message !== message) return;
    moved.current = null;
    /** @type {HTMLElement | null | undefined} */ (list.current?.querySelector(`[data-step="${to}"] input`))?.focus();
  }, [steps]);
  return { list, follow: (to, message) => (moved.current = { to, message }) };
}

function Step({ step, at, story, plan, put, onMove, last }) {
  const id = `${story.id}.${at + 1}`;
  const named = (field) => `${id} ${field}`;
  const set = (fields) => put(change("step", id, fields, step));
  const sides = [...(plan.actors ?? []).map((one) => one.id), "System", "Database"];
  const calls = [["", t("op.nothing")], ...(plan.operations ?? []).map((one) => one.id)];
  const keys = (event) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    onMove(at, at + (event.key === "ArrowUp" ? -1 : 1));
  };
  const drop = (event) => {
    event.preventDefault();
    const [from, of] = event.dataTransfer.getData("text/plain").split(" ");
    if (of === story.id) onMove(Number(from), at);
  };
  return html`<li data-step=${at} onKeyDown=${keys} onDragOver=${(event) => event.preventDefault()} onDrop=${drop}>
    <span class="grip" draggable="true" title=${t("model.drag")} aria-hidden="true" onDragStart=${(event) => event.dataTransfer.setData("text/plain", `${at} ${story.id}`)}>⠿</span>
    <${Choice} label=${named(t("field.source"))} value=${step.source} choices=${sides} onValue=${(source) => set({ source })} /> →
    <${Choice} label=${named(t("field.target"))} value=${step.target} choices=${sides} onValue=${(target) => set({ target })} />
    <${Field} wide label=${t("model.step", { n: at + 1, name: story.id })} value=${step.message} check=${checkText} onValue=${(message) => set({ message })} />
    <${Choice} label=${named(t("field.operation"))} value=${step.operation} choices=${calls} onValue=${(operation) => set({ operation: operation || null })} />
    <button class="link" type="button" disabled=${at === 0} aria-label=${t("model.up", { n: at + 1 })} onClick=${() => onMove(at, at - 1)}>↑</button>
    <button class="link" type="button" disabled=${last} aria-label=${t("model.down", { n: at + 1 })} onClick=${() => onMove(at, at + 1)}>↓</button>
    <${Drop} name=${id} onDrop=${() => put(remove("step", id))} /></li>`;
}

function Steps({ story, plan, put }) {
  const steps = story.steps ?? [];
  const { list, follow } = useFollowing(steps);
  const onMove = (from, to) => {
    if (from === to || to < 0 || to >= steps.length) return;
    follow(to, steps[from].message);
    put(move("step", `${story.id}.${from + 1}`, to));
  };
  const sides = [...(plan.actors ?? []).map((one) => one.id), "System", "Database"];
  return html`<ol class="model-steps" ref=${list} title=${t("model.order")}>${steps.map(
    (step, at) =>
      html`<${Step} key=${at} step=${step} at=${at} story=${story} plan=${plan} put=${put} onMove=${onMove} last=${at === steps.length - 1} />`,
  )}</ol><${NewThing} label=${t("model.newStep", { name: story.id })} hint=${`${story.actor} -> System: …`} read=${reading((line) => readStep(line, sides))} onThing=${(value) => put(add("step", value, story.id))} />`;
}

export function Stories({ plan, put }) {
  const stories = plan.scenarios ?? [];
  const actors = (plan.actors ?? []).map(({ id }) => id);
  const ids = stories.map(({ id }) => id);
  const read = reading((title) => ({ id: slugOf(title, ids), title, actor: actors[0] }));
  return html`<${Block} title=${t("bp.scenarios")}>${stories.map(
    (
      one,
    ) => html`<div class="tile" key=${one.id}><div class="model-head"><${Field} wide label=${`${one.id} ${t("model.title")}`} value=${one.title} check=${checkText} onValue=${(title) => put(change("scenario", one.id, { title }, one))} />
        <${Choice} label=${`${one.id} ${t("field.actor")}`} value=${one.actor} choices=${actors} onValue=${(actor) => put(change("scenario", one.id, { actor }, one))} />
        <${Drop} name=${one.id} onDrop=${() => put(remove("scenario", one.id))} /></div>
      <${Steps} story=${one} plan=${plan} put=${put} /></div>`,
  )}<${NewThing} label=${t("model.newStory")} read=${read} onThing=${(value) => put(add("scenario", value))} /><//>`;
}
