/** The parts of a design to choose from. */
import { labelOf } from "../catalogue.js";
import { html } from "../dom.js";
import { t } from "../i18n.js";
import { Standing } from "./board.js";
import { standingOf, titleOf } from "./items.js";
import { hrefOf } from "./route.js";

function Entry({ item, current, report }) {
  const here = item.key === current;
  return html`<li data-nested=${String(Boolean(item.part))}>
    <a class="nav-entry" href=${hrefOf(item.key)} aria-current=${here ? "page" : null}>
      <span class="nav-title">${titleOf(item)}</span><${Standing} standing=${standingOf(item, report)} />
    </a></li>`;
}

/** What needs a look says so in a word, where there is no room for signs. */
const TOLD = new Set(["running", "failed", "stale", "error", "warning"]);

/** The same parts to choose from where a row of them would be cut off. */
function PartsChoice({ items, current, report }) {
  const option = (item) => {
    const standing = standingOf(item, report);
    return html`<option key=${item.key} value=${item.key}>${titleOf(item)}${TOLD.has(standing) ? ` (${t(`standing.${standing}`)})` : ""}</option>`;
  };
  const groups = [...Map.groupBy(items, ({ kind, part }) => (part ? kind : ""))];
  const alone = items.filter(({ part }) => !part);
  const grouped = groups.filter(([kind]) => kind);
  return html`<label class="parts-choice"><span class="sr">${t("parts")}</span>
    <select class="field" value=${current} onChange=${(event) => location.assign(hrefOf(event.target.value))}>
      <option value="overview">${t("overview")}</option><option value="idea">${t("idea.title")}</option>
      ${alone.map(option)}
      ${grouped.map(([kind, parts]) => html`<optgroup key=${kind} label=${labelOf(kind)}>${parts.map(option)}</optgroup>`)}
    </select></label>`;
}

/** @param {{items: Item[], current: string, report: Report | null}} props */
export function PartsNav({ items, current, report }) {
  const overview = current === "overview";
  return html`<nav class="parts" aria-label=${t("parts")}><${PartsChoice} items=${items} current=${current} report=${report} /><ul>
    <li><a class="nav-entry" href=${hrefOf("overview")} aria-current=${overview ? "page" : null}><span class="nav-title">${t("overview")}</span></a></li>
    <li><a class="nav-entry" href=${hrefOf("idea")} aria-current=${current === "idea" ? "page" : null}><span class="nav-title">${t("idea.title")}</span></a></li>
    ${items.map((item, place) => {
      const opensGroup = item.part && items[place - 1]?.kind !== item.kind;
      return html`${opensGroup && html`<li class="nav-group" key=${item.kind}>${labelOf(item.kind)}</li>`}
        <${Entry} key=${item.key} item=${item} current=${current} report=${report} />`;
    })}
  </ul></nav>`;
}
