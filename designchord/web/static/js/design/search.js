/**
 * One thread through a design: what a word, a requirement or a thing is called, and every place where it stands. Opened
 * with `/`, or by pressing on a name; a place that is gone to can be come back from, as any page can.
 */
import { html, useLayoutEffect, useMemo, useRef, useState } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";
import { titleOf } from "./items.js";
import { blueprintOf, listOf, word } from "./plan.js";
import { hrefOf } from "./route.js";

const MOST_PLACES = 6;

/** @type {(words: string) => void} */
let open = () => {};

/** Show every place of these words. @param {string} words */
export const openThread = (words) => open(words);

/** The things of a blueprint by name, each with what else it is called. @param {Record<string, any> | null} plan */
function listThings(plan) {
  if (!plan) return [];
  const of = (name, read) => listOf(plan[name]).map((entry) => ({ what: t(`bp.${name}.one`), ...read(entry) }));
  return [
    ...of("requirements", ({ id, text }) => ({ name: word(id), label: word(text) })),
    ...of("actors", ({ id, label }) => ({ name: word(id), label: word(label) })),
    ...of("entities", ({ name, label }) => ({ name: word(name), label: word(label) })),
    ...of("operations", ({ id, summary, method, path }) => ({
      name: word(id),
      label: `${word(method)} ${word(path)} ${word(summary)}`,
    })),
    ...of("scenarios", ({ id, title }) => ({ name: word(id), label: word(title) })),
  ];
}

/** Lines of every part that hold the words, whole where they are a name. @param {Snapshot} design @param {Item[]} items */
function findPlaces(design, items, words) {
  const escaped = words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const isName = /^[\p{L}\p{N}_]+$/u.test(words);
  const pattern = new RegExp(
    isName && /^[A-Z]/.test(words) ? `(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])` : escaped,
    "iu",
  );
  const linesOf = (text) =>
    text
      .split("\n")
      .flatMap((line, place) => (pattern.test(line) ? [{ line: place + 1, text: line.trim().slice(0, 160) }] : []));
  const idea = linesOf(`${design.content}\n${design.requirements}`).map(({ text }) => ({ line: null, text }));
  const parts = items.map((item) => ({
    key: item.key,
    title: titleOf(item),
    places: linesOf(item.artifact?.revision.source ?? ""),
  }));
  return [{ key: "idea", title: t("idea.title"), places: idea }, ...parts].filter(({ places }) => places.length);
}

function Group({ group, onGo }) {
  const [all, setAll] = useState(false);
  const shown = all ? group.places : group.places.slice(0, MOST_PLACES);
  return html`<section class="thread-part"><h2 class="brief-title"><a href=${hrefOf(group.key)} onClick=${onGo}>${group.title}</a> <span class="count">${group.places.length}</span></h2>
    <ul class="plain">${shown.map((place) => html`<li><a href=${hrefOf(group.key, place.line)} onClick=${onGo}>${place.text}</a></li>`)}</ul>
    ${shown.length < group.places.length && html`<button class="link" type="button" onClick=${() => setAll(true)}>${t("list.more")}</button>`}</section>`;
}

/** @param {{design: Snapshot, items: Item[]}} props */
export function Thread({ design, items }) {
  const [words, setWords] = useState(/** @type {string | null} */ (null));
  const dialog = useRef(null);
  const field = useRef(null);
  const { plan } = blueprintOf(design);
  // Before the next key: an effect waits for a frame, and what is typed until then would be lost.
  useLayoutEffect(() => {
    open = setWords;
    const onKey = (event) => {
      const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      setWords("");
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const isOpen = words !== null;
  useLayoutEffect(() => {
    if (!isOpen) return;
    dialog.current.showModal();
    field.current.select();
  }, [isOpen]);
  const sought = (words ?? "").trim();
  const things = useMemo(() => {
    const low = sought.toLowerCase();
    return sought
      ? listThings(plan)
          .filter(({ name, label }) => `${name} ${label}`.toLowerCase().includes(low))
          .slice(0, 8)
      : [];
  }, [plan, sought]);
  const groups = useMemo(() => (sought.length > 1 ? findPlaces(design, items, sought) : []), [design, items, sought]);
  if (!isOpen) return null;
  const close = () => dialog.current?.close();
  // In a field of its own, the first Escape would only empty it.
  const onKeyDown = (event) => event.key === "Escape" && close();
  const onBackdrop = (event) => event.target === dialog.current && close();
  return html`<dialog class="dialog thread" ref=${dialog} aria-label=${t("thread.title")} onClose=${() => setWords(null)} onClick=${onBackdrop} onKeyDown=${onKeyDown}>
    <div class="thread-head"><div class="search-field"><${Icon} name="search" /><input ref=${field} class="field" type="search" aria-label=${t("thread.title")} placeholder=${t("thread.placeholder")} value=${words} onInput=${(event) => setWords(event.target.value)} /></div>
      <button class="button quiet square" type="button" aria-label=${t("close")} onClick=${close}><${Icon} name="cross" /></button></div>
    ${
      things.length > 0 &&
      html`<ul class="plain thread-things">${things.map(
        ({ what, name, label }) =>
          html`<li key=${what + name}><button class="thread-thing" type="button" onClick=${() => setWords(name)}><span class="badge">${what}</span> <code>${name}</code> <span>${label}</span></button></li>`,
      )}</ul>`
    }
    ${groups.map((group) => html`<${Group} key=${group.key} group=${group} onGo=${close} />`)}
    ${sought.length > 1 && !groups.length && html`<p class="hint">${t("list.noMatch")}</p>`}
    ${!sought && html`<p class="hint">${t("thread.hint")}</p>`}
  </dialog>`;
}

export function SearchButton() {
  return html`<button class="button quiet" type="button" aria-keyshortcuts="/" onClick=${() => openThread("")}><${Icon} name="search" /><span>${t("thread.open")}</span> <kbd>/</kbd></button>`;
}
