/** A design's title, to read and to change in place. */
import { api } from "../api.js";
import { limitOf } from "../catalogue.js";
import { html, useEffect, useRef, useState } from "../dom.js";
import { attempt } from "../failure.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";

/** @param {{design: Snapshot}} props */
export function Title({ design }) {
  const [editing, setEditing] = useState(false);
  const [title, setTitle] = useState(design.title);
  const field = useRef(null);
  useEffect(() => {
    if (editing) field.current.select();
  }, [editing]);
  const begin = () => {
    setTitle(design.title);
    setEditing(true);
  };
  const save = async (event) => {
    event.preventDefault();
    if (!title.trim() || (await attempt(() => api.rename(design.id, title.trim())))) setEditing(false);
  };
  if (!editing)
    return html`<h1 id="design-title">${design.title}</h1>
      <button class="button quiet square title-edit" type="button" aria-label=${t("title.edit")} title=${t("title.edit")} onClick=${begin}><${Icon} name="edit" /></button>`;
  return html`<form class="title-form" onSubmit=${save} onKeyDown=${(event) => event.key === "Escape" && setEditing(false)}>
    <input id="design-title" class="field" ref=${field} aria-label=${t("form.title")} maxlength=${limitOf("title")} value=${title} onInput=${(event) => setTitle(event.target.value)} />
    <button class="button primary" type="submit">${t("save")}</button>
    <button class="button quiet" type="button" onClick=${() => setEditing(false)}>${t("cancel")}</button></form>`;
}
