/** The design page: watch it being made, understand it, change it, take it away. */
import { isDrawn, labelOf, loadCatalogue } from "../catalogue.js";
import { html, render, useEffect, useLayoutEffect, useRef, useState } from "../dom.js";
import { fetched } from "../fetched.js";
import { isFramed } from "../head.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";
import { Topbar } from "../topbar.js";
import { inTurn } from "../turns.js";
import { Board } from "./board.js";
import { Connection, isReached } from "./connection.js";
import { drawDiagram, warmUp } from "./drawing.js";
import { GrowingRequirements } from "./growing.js";
import { DesignHeader } from "./header.js";
import { hasEnded, listItems } from "./items.js";
import { PartsNav } from "./nav.js";
import { Brief, RulesBanner } from "./overview.js";
import { readRoute, useRoute } from "./route.js";
import { SearchButton, Thread } from "./search.js";
import { createLiveText, createStore, keyOf, useStore } from "./store.js";
import { useTelling } from "./telling.js";
import { Waterfall } from "./waterfall.js";

/** What is opened from the overview comes beside its pictures. */
const ArtifactPanel = fetched(() => import("./artifact.js"), "ArtifactPanel");
const ReportView = fetched(() => import("./report.js"), "ReportView");
const IdeaPanel = fetched(() => import("./idea.js"), "IdeaPanel");

// Who comes for one of them does not wait for the design to begin with it.
if (readRoute().key !== "overview") ArtifactPanel.fetchIt();

const designId = /\/designs\/([0-9a-f-]+)/.exec(location.pathname)?.[1] ?? "";
const store = createStore(/** @type {Snapshot | null} */ (null));
const status = createStore("opening");
const missing = createStore(false);
const live = createLiveText();
const ready = createStore(/** @type {true | null} */ (null));

/** Sharing is no event of the design; who shares sees it at once, others with the next snapshot. */
const keepShared = (path) => {
  const design = store.read();
  if (design) store.change({ ...design, shared: path });
};

/** Who comes for a drawing gets it drawn while what shows it is still on its way. @param {Snapshot} design */
function drawAhead(design) {
  const { key } = readRoute();
  const opened = design.artifacts.find((artifact) => keyOf(artifact) === key);
  if (opened && isFramed(opened.kind)) drawDiagram(opened.revision.source);
}

function Timeline({ design, reached }) {
  const ended = hasEnded(design);
  const [open, setOpen] = useState(!ended);
  return html`<section class="timeline">
    <button class="timeline-head" type="button" aria-expanded=${String(open)} onClick=${() => setOpen(!open)}>
      <${Icon} name=${open ? "chevron" : "right"} /><span>${t("timeline")}</span>
    </button>
    ${open && html`<${Waterfall} design=${design} reached=${reached} />`}
  </section>`;
}

function ReportPanel({ design, items, thing }) {
  const text = useStore(live.storeOf("report"));
  return html`<section class="panel" aria-labelledby="panel-title">
    <header class="panel-head"><h2 id="panel-title" tabindex="-1">${labelOf("report")}</h2></header>
    ${design.report ? html`<${ReportView} design=${design} report=${design.report} items=${items} thing=${thing} />` : text ? html`<${GrowingRequirements} text=${text} />` : html`<p class="stage-empty hint">${t("report.waiting")}</p>`}
  </section>`;
}

/**
 * The brief of a finished design comes first, but not while somebody watches the board: there it is put below, and comes
 * first when one is here again.
 */
function Overview({ design, items, reached }) {
  const ended = hasEnded(design);
  const watched = useRef(!ended).current;
  // What stands above is painted before what stands below is made.
  const [below, setBelow] = useState(false);
  useEffect(() => {
    if (ended) setBelow(true);
  }, [ended]);
  const brief = ended && html`<${Brief} key="brief" design=${design} items=${items} />`;
  return html`${!watched && brief}
    ${(watched || below) && html`<${Board} key="board" items=${items} live=${live} report=${design.report} watched=${watched} />`}
    ${(watched || below) && html`<${Timeline} key=${`timeline ${ended}`} design=${design} reached=${reached} />`}
    ${watched && below && brief}`;
}

function Main({ design, items, route, reached }) {
  if (route.key === "idea") return html`<${IdeaPanel} design=${design} />`;
  const item = items.find(({ key }) => key === route.key);
  if (item?.kind === "report") return html`<${ReportPanel} design=${design} items=${items} thing=${route.thing} />`;
  if (item)
    return html`<${ArtifactPanel} key=${item.key} designId=${designId} item=${item} items=${items} live=${live} line=${route.line} thing=${route.thing} model=${design.model} requests=${design.requests ?? []} />`;
  return html`<${Overview} design=${design} items=${items} reached=${reached} />`;
}

/** Whether the title of a part was there to be focused. */
function focusTitle() {
  const title = document.getElementById("panel-title");
  title?.focus({ preventScroll: true });
  return Boolean(title);
}

/** Opening another part moves the focus to its title, as a new page would. */
function useFocusOnOpen({ key, thing }) {
  const first = useRef(true);
  useEffect(() => {
    const again = !first.current;
    first.current = false;
    // Who comes for one thing of a part is led to that.
    if (!again || thing) return undefined;
    const main = document.getElementById("main");
    main?.scrollIntoView({ block: "nearest" });
    if (focusTitle() || !main) return undefined;
    // What shows the part may still be on its way.
    const coming = new MutationObserver(() => focusTitle() && coming.disconnect());
    coming.observe(main, { childList: true, subtree: true });
    return () => coming.disconnect();
  }, [key]);
}

function DesignPage() {
  const design = useStore(store);
  const route = useRoute();
  const connection = useStore(status);
  const gone = useStore(missing);
  const known = useStore(ready);
  const grown = useStore(live.grown);
  const said = useTelling(design);
  useFocusOnOpen(route);
  useLayoutEffect(() => {
    if (design) drawAhead(design);
  }, [Boolean(design)]);
  useEffect(() => {
    if (!known || !design) return;
    inTurn(() => [ArtifactPanel, ReportView, IdeaPanel].map((part) => part.fetchIt()));
    // What the page draws itself comes first.
    if (design.kinds.some(isDrawn)) setTimeout(warmUp, hasEnded(design) ? 600 : 0);
  }, [known, Boolean(design)]);
  if (gone)
    return html`<${Topbar} /><main id="main" tabindex="-1" class="lost"><h1>${t("missing.title")}</h1><p>${t("missing.text")}</p><a class="button" href="/">${t("toStart")}</a></main>`;
  if (!design || !known)
    return html`<${Topbar} /><main id="main" tabindex="-1" class="lost" aria-busy="true"><p class="hint">${t(connection === "offline" ? "fresh.offline" : "loading")}</p></main>`;
  const items = listItems(design, grown);
  return html`<${Topbar}><${SearchButton} /><a class="button quiet" href="/"><${Icon} name="plus" /><span>${t("newDesign")}</span></a><//>
    <p class="sr" role="status">${said}</p>
    <${Thread} design=${design} items=${items} />
    <div class="design">
      <${DesignHeader} design=${design} status=${connection} onShared=${keepShared} />
      <div class="design-body">
        <${PartsNav} items=${items} current=${route.key === "idea" || items.some(({ key }) => key === route.key) ? route.key : "overview"} report=${design.report} />
        <main id="main" class="design-main" tabindex="-1"><${RulesBanner} design=${design} /><${Main} design=${design} items=${items} route=${route} reached=${isReached(connection)} /></main>
      </div>
    </div>`;
}

render(html`<${DesignPage} />`, document.getElementById("page"));
loadCatalogue().then(() => ready.change(true));
new Connection(designId, { store, live, status, missing }).open();
