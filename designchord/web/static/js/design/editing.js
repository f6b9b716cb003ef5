/** A part, opened to be changed: its source beside what comes of it, a blueprint as a form as well. */
import { api } from "../api.js";
import { isDrawn, notationOf } from "../catalogue.js";
import { html, useState } from "../dom.js";
import { t } from "../i18n.js";
import { Diagram } from "./diagram.js";
import { Editor } from "./editor.js";
import { BlueprintEditor } from "./modelling/editor.js";
import { useReview } from "./reviewing.js";
import { hasDraft } from "./typed.js";

/** A blueprint is edited in place, or as JSON. */
function BlueprintEditing({ designId, item, items, thing, onDone }) {
  const [asJson, setAsJson] = useState(hasDraft(designId, item.key));
  const { review, dialog } = useReview(designId);
  const save = (source, base) => review({ source }, () => api.save(designId, item, source, base));
  const choice = (json, label) =>
    html`<button type="button" aria-pressed=${String(asJson === json)} onClick=${() => setAsJson(json)}>${label}</button>`;
  return html`<div class="segments" role="group" aria-label=${t("edit")}>${choice(false, t("model.form"))}${choice(true, "JSON")}</div>
    ${asJson ? html`<${Editor} designId=${designId} item=${item} items=${items} onDone=${onDone} onDraft=${() => {}} onSave=${save} />` : html`<${BlueprintEditor} designId=${designId} item=${item} thing=${thing} onDone=${onDone} />`}${dialog}`;
}

/** @param {{designId: string, item: Made, items: Item[], title: string, thing: string, onDone: () => void}} props */
export function Editing({ designId, item, items, title, thing, onDone }) {
  const [draft, setDraft] = useState(item.artifact.revision.source);
  const editor = html`<${Editor} designId=${designId} item=${item} items=${items} onDone=${onDone} onDraft=${setDraft} />`;
  if (notationOf(item.kind) === "blueprint")
    return html`<${BlueprintEditing} designId=${designId} item=${item} items=${items} thing=${thing} onDone=${onDone} />`;
  if (!isDrawn(item.kind)) return editor;
  return html`<div class="beside">${editor}<${Diagram} kind=${item.kind} text=${draft} whole=${true} title=${title} /></div>`;
}
