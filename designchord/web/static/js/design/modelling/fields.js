/** Fields of the editor: what is typed is checked at each letter, and counts when one leaves it or presses Enter. */
import { html, useMemo, useState } from "../../dom.js";
import { t } from "../../i18n.js";

let count = 0;
/** An id of its own for what is said of a field. */
const useOwnId = () =>
  useMemo(() => {
    count += 1;
    return `field-${count}`;
  }, []);

/** @type {(thing: any) => string} */
const noProblem = () => "";

/** A text that one changes; Escape takes it back. What others change meanwhile does not touch what is being typed. */
export function Field({ label, value, onValue, wide = false, check = noProblem }) {
  const [typed, setTyped] = useState(/** @type {string | null} */ (null));
  const id = useOwnId();
  const kept = value ?? "";
  const text = typed?.trim() ?? kept;
  const problem = typed !== null && text !== kept ? check(text) : "";
  const keys = (event) => {
    if (event.key === "Enter") event.target.blur();
    if (event.key === "Escape") setTyped(null);
  };
  const leave = () => {
    if (problem) return; // it stays to be mended
    setTyped(null);
    if (text !== kept) onValue(text);
  };
  return html`<span class=${wide ? "model-field wide" : "model-field"}><input class="input" type="text" aria-label=${label} value=${typed ?? kept}
    aria-invalid=${String(Boolean(problem))} aria-describedby=${problem ? id : null}
    onInput=${(event) => setTyped(event.target.value)} onKeyDown=${keys} onBlur=${leave} spellcheck="false" />${problem && html`<span class="field-problem" id=${id} role="alert">${problem}</span>`}</span>`;
}

/** A line and Enter make something new. `read` gives what it would be; null says that it is none. */
export function NewThing({ label, onThing, read, hint = "" }) {
  const [line, setLine] = useState("");
  const id = useOwnId();
  const text = line.trim();
  const found = text ? read(text) : null;
  const problem = !text || found?.thing ? "" : found?.problem || t("model.notRead", { form: hint });
  const keys = (event) => {
    if (event.key !== "Enter" || !found?.thing) return;
    onThing(found.thing);
    setLine("");
  };
  return html`<span class="model-field new-thing"><input class="input" type="text" placeholder=${hint ? `${label}: ${hint}` : label} aria-label=${label} value=${line}
    aria-invalid=${String(Boolean(problem))} aria-describedby=${problem ? id : null}
    onInput=${(event) => setLine(event.target.value)} onKeyDown=${keys} spellcheck="false" />${problem && html`<span class="field-problem" id=${id} role="status">${problem}</span>`}</span>`;
}

/** What a line is, by a reader that gives it or null, and a check of its name. */
export const reading =
  (read, check = noProblem) =>
  (line) => {
    const thing = read(line);
    const problem = thing ? check(thing) : "";
    return problem ? { problem } : { thing };
  };

export const Tick = ({ label, value, onValue }) =>
  html`<input type="checkbox" aria-label=${label} checked=${value} onChange=${(event) => onValue(event.target.checked)} />`;

/** More choices than these are only there when somebody comes to choose: a large design has thousands of them. */
const FEW = 3;

/** One of several. `choices` are values, or pairs of a value and what it is called. */
export function Choice({ label, value, choices, onValue }) {
  const [open, setOpen] = useState(choices.length <= FEW);
  const pairs = choices.map((one) => (Array.isArray(one) ? one : [one, one]));
  const shown = open ? pairs : pairs.filter(([name]) => name === (value ?? ""));
  const come = () => setOpen(true);
  return html`<select class="input" aria-label=${label} value=${value ?? ""} onFocus=${come} onPointerDown=${come} onChange=${(event) => onValue(event.target.value)}>
    ${shown.map(([name, told]) => html`<option value=${name}>${told}</option>`)}</select>`;
}

/**
 * What one thing looks like, drawn again only when it is another: in a large design most things are as before.
 * @param {{of: any, draw: () => any}} props `of`: all that it is drawn from
 */
export function Kept({ of, draw }) {
  return useMemo(draw, [JSON.stringify(of)]);
}

export const Drop = ({ name, onDrop }) =>
  html`<button class="link" type="button" aria-label=${t("model.remove", { name })} onClick=${onDrop}>✕</button>`;
