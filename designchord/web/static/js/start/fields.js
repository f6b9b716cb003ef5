/** Form fields with their label, hint and error tied together. */
import { classes, html } from "../dom.js";

/**
 * @param {{name: string, label: string, hint?: string, error?: string, value: string, rows?: number,
 *   required?: boolean, placeholder?: string, limit: number, onValue: (value: string) => void}} props
 */
export function TextField({ name, label, hint, error, value, rows, required, placeholder, limit, onValue }) {
  const notes = classes(hint && `${name}-hint`, error && `${name}-error`);
  const common = {
    id: name,
    name,
    value,
    placeholder,
    class: "field",
    "aria-describedby": notes || null,
    "aria-invalid": error ? "true" : null,
    "aria-required": required ? "true" : null,
    onInput: (event) => onValue(event.target.value),
  };
  const nearLimit = value.length > limit * 0.9;
  return html`<div class="form-row">
    <div class="label-line"><label class="label" for=${name}>${label}</label>
      ${nearLimit && html`<span class="hint" data-over=${String(value.length > limit)}>${value.length} / ${limit}</span>`}</div>
    ${rows ? html`<textarea rows=${rows} ...${common}></textarea>` : html`<input type="text" autocomplete="off" ...${common} />`}
    ${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
    ${error && html`<p class="field-error" id="${name}-error">${error}</p>`}
  </div>`;
}

/** @param {{name: string, label: string, value: string, options: Array<{value: string, label: string, disabled?: boolean}>, hint?: string, onValue: (value: string) => void}} props */
export function Choice({ name, label, value, options, hint, onValue }) {
  return html`<div class="form-row">
    <label class="label" for=${name}>${label}</label>
    <select id=${name} name=${name} class="field" value=${value} aria-describedby=${hint ? `${name}-hint` : null} onChange=${(event) => onValue(event.target.value)}>
      ${options.map((option) => html`<option value=${option.value} disabled=${option.disabled} selected=${option.value === value}>${option.label}</option>`)}
    </select>
    ${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
  </div>`;
}
