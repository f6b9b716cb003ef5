/** What stands in a long part, to go to: a list beside it, and where there is no room for that a list to choose from. */
import { html } from "../dom.js";
import { t } from "../i18n.js";

/** @typedef {{id: string, level: number, text: string}} Heading */

/** The address of the page holds the open part, so places inside one are gone to without touching it. */
export function goTo(box, id) {
  const target = box.querySelector(`#${CSS.escape(id)}`);
  if (!target) return;
  for (let each = target; each !== box; each = each.parentElement) if (each.localName === "details") each.open = true;
  target.scrollIntoView({ block: "start" });
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
}

const indent = ({ level, text }) => `${"\u2003".repeat(Math.max(level - 2, 0))}${text}`;

/** @param {{headings: Heading[], article: {current: any}}} props `article`: what they stand in */
export function Contents({ headings, article }) {
  const go = (event, id) => {
    event.preventDefault();
    goTo(article.current, id);
  };
  const choose = (event) => {
    goTo(article.current, event.target.value);
    event.target.value = "";
  };
  return html`<nav class="contents" aria-label=${t("contents")}>
    <h3>${t("contents")}</h3>
    <ul>${headings.map(
      ({ id, level, text }) =>
        html`<li key=${id} data-level=${level}><a href=${`#${id}`} onClick=${(event) => go(event, id)}>${text}</a></li>`,
    )}</ul>
    <select class="field contents-choice" aria-label=${t("contents")} onChange=${choose}>
      <option value="">${t("contents")}</option>
      ${headings.map((heading) => html`<option key=${heading.id} value=${heading.id}>${indent(heading)}</option>`)}
    </select>
  </nav>`;
}
