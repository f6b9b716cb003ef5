/** The author's idea, as it was given: always there to look at, and to begin anew from. */
import { html } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";
import { copyText } from "../save.js";

const DRAFT = "designchord.draft.content";
/** What the draft held before, for the form to offer it back. */
export const BEFORE = "designchord.replaced";

/** One text with everything, as it is typed into the one box. @param {Snapshot} design */
export const wholeIdea = ({ title, content, requirements }) =>
  [
    `# ${title}`,
    content.trim(),
    ...(requirements.trim() ? [`## ${t("form.requirements")}`, requirements.trim()] : []),
  ].join("\n\n");

function beginAnew(design) {
  const before = localStorage.getItem(DRAFT) ?? "";
  if (before.trim()) sessionStorage.setItem(BEFORE, before);
  localStorage.setItem(DRAFT, wholeIdea(design));
  location.assign("/");
}

/** @param {{design: Snapshot}} props */
export function IdeaPanel({ design }) {
  return html`<section class="panel" aria-labelledby="panel-title">
    <header class="panel-head"><h2 id="panel-title" tabindex="-1">${t("idea.title")}</h2></header>
    <div class="panel-tools"><span class="hint">${t("idea.hint")}</span><span class="spacer"></span>
      <button class="button" type="button" onClick=${() => copyText(wholeIdea(design))}><${Icon} name="copy" /><span>${t("idea.copy")}</span></button>
      <button class="button" type="button" onClick=${() => beginAnew(design)}><${Icon} name="edit" /><span>${t("idea.anew")}</span></button></div>
    <div class="idea-text"><p>${design.content}</p>
      ${design.requirements.trim() && html`<h3>${t("form.requirements")}</h3><p>${design.requirements}</p>`}</div>
  </section>`;
}
