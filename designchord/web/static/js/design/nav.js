/** The parts of a design to choose from. */
import { labelOf } from "../catalogue.js";
import { html, useEffect, useRef } from "../dom.js";
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

/** @param {{items: Item[], current: string, report: Report | null}} props */
export function PartsNav({ items, current, report }) {
  const overview = current === "overview";
  const root = useRef(null);
  useEffect(() => {
    // On narrow screens the parts stand in one line that scrolls.
    const here = root.current.querySelector("[aria-current]");
    root.current.scrollLeft = here.offsetLeft - root.current.clientWidth / 3;
  }, [current]);
  return html`<nav class="parts" ref=${root} aria-label=${t("parts")}><ul>
    <li><a class="nav-entry" href=${hrefOf("overview")} aria-current=${overview ? "page" : null}><span class="nav-title">${t("overview")}</span></a></li>
    <li><a class="nav-entry" href=${hrefOf("idea")} aria-current=${current === "idea" ? "page" : null}><span class="nav-title">${t("idea.title")}</span></a></li>
    ${items.map((item, place) => {
      const opensGroup = item.part && items[place - 1]?.kind !== item.kind;
      return html`${opensGroup && html`<li class="nav-group" key=${item.kind}>${labelOf(item.kind)}</li>`}
        <${Entry} key=${item.key} item=${item} current=${current} report=${report} />`;
    })}
  </ul></nav>`;
}
