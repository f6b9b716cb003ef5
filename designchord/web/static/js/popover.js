/** A button that opens a panel below it; closes on Escape, outside clicks and when focus leaves. */
import { html, useEffect, useRef, useState } from "./dom.js";
import { Icon } from "./icons.js";

/** @param {{label: string, icon: string, children: unknown}} props */
export function Popover({ label, icon, children }) {
  const [open, setOpen] = useState(false);
  const root = useRef(null);
  useEffect(() => {
    if (!open) return undefined;
    const close = (event) => root.current.contains(event.target) || setOpen(false);
    addEventListener("pointerdown", close);
    root.current.querySelector(".popover").focus();
    return () => removeEventListener("pointerdown", close);
  }, [open]);
  const onKeyDown = (event) => {
    if (event.key !== "Escape" || !open) return;
    setOpen(false);
    root.current.querySelector("button").focus();
  };
  const onFocusOut = (event) => event.relatedTarget && !root.current.contains(event.relatedTarget) && setOpen(false);
  return html`<div class="menu" ref=${root} onKeyDown=${onKeyDown} onFocusOut=${onFocusOut}>
    <button class="button" type="button" aria-expanded=${String(open)} onClick=${() => setOpen(!open)}>
      <${Icon} name=${icon} /><span>${label}</span>
    </button>
    ${open && html`<div class="popover" role="dialog" aria-label=${label} tabindex="-1">${children}</div>`}
  </div>`;
}
