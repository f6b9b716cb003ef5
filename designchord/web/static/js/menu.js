/** A button that opens a short list of actions; closes on Escape, outside clicks and choice. */
import { html, useEffect, useRef, useState } from "./dom.js";
import { Icon } from "./icons.js";

/**
 * @param {{label: string, icon?: string, entries: Array<{label: string, href?: string, download?: boolean|string, target?: string,
 *   onChoose?: () => void, hint?: string}>}} props
 */
export function Menu({ label, icon, entries }) {
  const [open, setOpen] = useState(false);
  const root = useRef(null);
  useEffect(() => {
    if (!open) return undefined;
    const close = (event) => root.current.contains(event.target) || setOpen(false);
    addEventListener("pointerdown", close);
    root.current.querySelector(".menu-entry")?.focus();
    return () => removeEventListener("pointerdown", close);
  }, [open]);
  return html`<div class="menu" ref=${root} onKeyDown=${(event) => moveFocus(event, root.current, setOpen)}
    onFocusOut=${(event) => event.relatedTarget && !root.current.contains(event.relatedTarget) && setOpen(false)}>
    <button class="button" type="button" aria-expanded=${String(open)} onClick=${() => setOpen(!open)}>
      ${icon && html`<${Icon} name=${icon} />`}<span>${label}</span><${Icon} name="chevron" />
    </button>
    ${open && html`<ul class="menu-list">${entries.map((entry) => html`<${Entry} entry=${entry} setOpen=${setOpen} />`)}</ul>`}
  </div>`;
}

function Entry({ entry, setOpen }) {
  const content = html`<span>${entry.label}</span>${entry.hint && html`<span class="hint">${entry.hint}</span>`}`;
  const choose = () => {
    setOpen(false);
    entry.onChoose?.();
  };
  return html`<li>
    ${
      entry.href
        ? html`<a class="menu-entry" href=${entry.href} download=${entry.download} target=${entry.target} rel=${entry.target && "noopener"} onClick=${choose}>${content}</a>`
        : html`<button class="menu-entry" type="button" onClick=${choose}>${content}</button>`
    }
  </li>`;
}

function moveFocus(event, root, setOpen) {
  if (event.key === "Escape") {
    setOpen(false);
    root.querySelector("button").focus();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const entries = [...root.querySelectorAll(".menu-entry")];
  if (!step || !entries.length) return;
  event.preventDefault();
  const place = entries.indexOf(document.activeElement);
  entries[(place + step + entries.length) % entries.length].focus();
}
