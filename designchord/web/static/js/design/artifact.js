/** One artifact, opened: to look at, to read as source, to change, and to follow through its versions. */
import { api } from "../api.js";
import { fileOf, isDrawn, keywordOf, notationOf } from "../catalogue.js";
import { html, useEffect, useMemo, useRef, useState } from "../dom.js";
import { attempt } from "../failure.js";
import { fetched } from "../fetched.js";
import { t, tOr } from "../i18n.js";
import { Icon } from "../icons.js";
import { Menu } from "../menu.js";
import { brokenMessages } from "../running/marks.js";
import { StoryRun, useRun } from "../running/run.js";
import { copyText, downloadFile } from "../save.js";
import { ChangeHistory } from "./changes.js";
import { Code } from "./code.js";
import { Diagram, DiagramMenu } from "./diagram.js";
import { GrowingCalls } from "./growing.js";
import { isPending, phaseOf, titleOf } from "./items.js";
import { useAssumed } from "./plan.js";
import { ProblemList } from "./problems.js";
import { Provenance } from "./provenance.js";
import { AskForChange } from "./requesting.js";
import { useStore } from "./store.js";
import { hasDraft, hasOperations } from "./typed.js";

/** A story or a diagram waits for nothing that shows or changes something else. */
const ApiView = fetched(() => import("../apidoc/viewer.js"), "ApiView");
const Reading = fetched(() => import("./reading.js"), "Reading");
const BlueprintView = fetched(() => import("./blueprint.js"), "BlueprintView");
const Editing = fetched(() => import("./editing.js"), "Editing");
const History = fetched(() => import("./history.js"), "History");
const RegenerateForm = fetched(() => import("./regenerate.js"), "RegenerateForm");
const Conflict = fetched(() => import("./conflict.js"), "Conflict");

for (const view of [ApiView, Reading, BlueprintView]) view.fetchIt();

/** A story with its run beside it. */
function StoryView({ designId, item, items, title }) {
  const { source } = item.artifact.revision;
  const [run, playAgain] = useRun(designId, item.part, items.map(({ artifact }) => artifact?.revision.number).join());
  const broken = useMemo(() => brokenMessages(source, run.story ?? undefined), [source, run.story]);
  const assumed = useAssumed(items).has(item.part);
  return html`${assumed && html`<p class="hint"><span class="badge assumed">${t("assumed")}</span> ${t("assumed.hint")}</p>`}
    <div class="story-view"><${Diagram} kind=${item.kind} text=${source} whole=${true} title=${title} broken=${broken} />
    <${StoryRun} run=${run} onAgain=${playAgain} /></div>`;
}

/** A diagram of its own; what of a data model is taken for granted says so. */
function DiagramView({ item, items, title }) {
  const assumed = useAssumed(items);
  const marks = useMemo(() => Object.fromEntries([...assumed].map((name) => [name, "assumed"])), [assumed]);
  return html`<${Diagram} kind=${item.kind} text=${item.artifact.revision.source} whole=${true} editable=${true} title=${title} marks=${marks} />`;
}

/** How each notation is looked at; whatever else there may be is a text to read. */
const PREVIEWS = {
  mermaid: (props) =>
    keywordOf(props.item.kind) === "sequenceDiagram" && props.item.part
      ? html`<${StoryView} ...${props} />`
      : html`<${DiagramView} ...${props} />`,
  markdown: ({ designId, item, items }) => html`<${Reading} designId=${designId} item=${item} items=${items} />`,
  openapi: ({ designId, item, items, thing }) =>
    html`<${ApiView} designId=${designId} item=${item} items=${items} thing=${thing} />`,
  blueprint: ({ designId, item, items }) =>
    html`<${BlueprintView} designId=${designId} source=${item.artifact.revision.source} base=${item.artifact.revision.number} items=${items} />`,
};

function Preview(props) {
  const view = PREVIEWS[notationOf(props.item.kind)];
  return view ? view(props) : html`<${Code} text=${props.item.artifact.revision.source} label=${props.title} />`;
}

/** What is being written at this moment. */
export function LiveView({ item, text, title }) {
  if (text && notationOf(item.kind) === "openapi") return html`<${GrowingCalls} text=${text} />`;
  if (!text) return html`<div class="stage-empty hint">${phaseOf(item.step)}</div>`;
  if (!isDrawn(item.kind)) return html`<${Code} text=${text} label=${title} follow=${true} />`;
  return html`<div class="live-diagram"><${Diagram} kind=${item.kind} text=${text} whole=${false} title=${title} />
    <${Code} text=${text} label=${t("source")} follow=${true} /></div>`;
}

/** @param {{designId: string, item: Item}} props */
function StepNotice({ designId, item: { step, artifact } }) {
  // Until somebody changes it.
  if (step?.unchanged && artifact && String(step.finished_at) > artifact.revision.created_at)
    return html`<p class="notice" role="status">${t("step.unchanged")}</p>`;
  if (!step || (step.state !== "failed" && step.state !== "cancelled")) return null;
  const why = step.error ? tOr(`error.${step.error.code}`, step.error.message) : "";
  return html`<div class="notice ${step.state === "failed" ? "error" : ""}"><div>
    <strong>${t(`step.${step.state}`)}</strong>${why && html`<p>${why}</p>`}</div>
    <button class="button" type="button" onClick=${() => attempt(() => api.retry(designId, { kind: step.kind, part: step.part }))}>
      <${Icon} name="retry" />${t("retryThis")}</button></div>`;
}

/** How many of the things that changed are named one by one. */
const CHANGES_NAMED = 8;

/** The things of the blueprint because of which something is out of date: `entity Member, operation listLoans (new)`. */
function changesOf(stale) {
  const named = stale.changes.map(({ what, id, how }) => {
    const thing = [tOr(`thing.${what}`, what), id].filter(Boolean).join(" ");
    return how === "changed" ? thing : `${thing} (${t(`thing.${how}`)})`;
  });
  const more = named.length - CHANGES_NAMED;
  return more > 0 ? t("stale.more", { things: named.slice(0, CHANGES_NAMED).join(", "), n: more }) : named.join(", ");
}

function StaleNotice({ designId, item, stale, onResolve }) {
  if (!stale) return null;
  const edited = item.artifact.revision.origin === "edited";
  return html`<div class="notice warning"><div><strong>${t("stale")}</strong><p>${tOr(`stale.${stale.reason}`, t("stale.other"))}</p>
    <p class="stale-changes">${changesOf(stale)}</p></div>
    ${edited && html`<button class="button primary" type="button" onClick=${onResolve}>${t("clash.open")}</button>`}
    <button class="button" type="button" onClick=${() => attempt(() => (edited ? api.regenerate(designId, item) : api.refresh(designId)))}><${Icon} name="retry" />${t(edited ? "replaceEdited" : "refresh")}</button></div>`;
}

function TakeMenu({ item, source }) {
  if (isDrawn(item.kind)) return html`<${DiagramMenu} source=${source} name=${fileOf(item).replace(/\.\w+$/, "")} />`;
  return html`<${Menu} label=${t("download")} icon="download" entries=${[
    { label: t("sourceFile"), hint: fileOf(item), onChoose: () => downloadFile(fileOf(item), source) },
    { label: t("copySource"), onChoose: () => copyText(source) },
  ]} />`;
}

function Views({ view, onView, editing }) {
  const names = ["preview", "source", "history"];
  return html`<div class="segments" role="group" aria-label=${t("view")}>
    ${names.map((name) => html`<button type="button" aria-pressed=${String(!editing && view === name)} onClick=${() => onView(name)}>${t(`view.${name}`)}</button>`)}
  </div>`;
}

/** What had the focus may have gone with what was being done; then one goes on from the part's title. @param {string} mode */
function useFocusKept(mode) {
  const before = useRef(mode);
  useEffect(() => {
    const left = before.current !== mode && mode === "read";
    before.current = mode;
    if (left && document.activeElement === document.body)
      document.getElementById("panel-title")?.focus({ preventScroll: true });
  }, [mode]);
}

function Opened({ designId, item, items, title, line, thing, model, live, requests }) {
  const [view, setView] = useState(line ? "source" : "preview");
  const typed = hasDraft(designId, item.key) || (notationOf(item.kind) === "blueprint" && hasOperations(designId));
  const wish = /^fulfil:(R\d+)$/.exec(thing)?.[1] ?? "";
  const [mode, setMode] = useState(
    typed || (thing && !wish && notationOf(item.kind) === "blueprint") ? "edit" : "read",
  );
  useFocusKept(mode);
  const [target, setTarget] = useState(line);
  useEffect(() => {
    if (line) showLine(line);
  }, [line]);
  const { revision, stale } = item.artifact;
  const showLine = (number) => {
    setView("source");
    setTarget(number);
  };
  const look = (name) => {
    setMode("read");
    setTarget(null);
    setView(name);
  };
  const busy = isPending(item.step);
  return html`
    <div class="panel-tools">
      <${Views} view=${view} onView=${look} editing=${mode === "edit"} />
      <span class="spacer"></span>
      <button class="button" type="button" aria-pressed=${String(mode === "edit")} disabled=${busy} onClick=${() => setMode("edit")}><${Icon} name="edit" /><span>${t("edit")}</span></button>
      <button class="button" type="button" aria-expanded=${String(mode === "again")} disabled=${busy} onClick=${() => setMode(mode === "again" ? "read" : "again")}><${Icon} name="retry" /><span>${t("regenerate")}</span></button>
      <${TakeMenu} item=${item} source=${revision.source} />
    </div>
    ${notationOf(item.kind) === "blueprint" && mode !== "edit" && html`<${AskForChange} key=${wish} designId=${designId} requests=${requests} live=${live} first=${wish && t("change.fulfil", { id: wish })} /><${ChangeHistory} designId=${designId} newest=${revision.number} />`}
    ${mode === "again" && html`<${RegenerateForm} designId=${designId} item=${item} model=${model} onDone=${() => setMode("read")} />`}
    ${mode !== "resolve" && html`<${StaleNotice} designId=${designId} item=${item} stale=${stale} onResolve=${() => setMode("resolve")} />`}
    ${mode === "resolve" && html`<${Conflict} designId=${designId} item=${item} onDone=${() => setMode("read")} />`}
    ${mode === "edit" && html`<${Editing} designId=${designId} item=${item} items=${items} title=${title} thing=${thing} onDone=${() => setMode("read")} />`}
    ${mode !== "edit" && view === "preview" && html`<${Preview} designId=${designId} item=${item} items=${items} title=${title} thing=${thing} />`}
    ${mode !== "edit" && view === "source" && html`<${Code} text=${revision.source} problems=${revision.problems} line=${target} label=${t("source")} />`}
    ${mode !== "edit" && view === "history" && html`<${History} designId=${designId} item=${item} />`}
    ${mode !== "edit" && html`<${ProblemList} problems=${revision.problems} onLine=${showLine} />`}`;
}

/**
 * @param {{designId: string, item: Item, items: Item[], live: LiveText, line: number | null, thing: string, model: string, requests: OpenRequest[]}} props
 *   `thing`: what of a blueprint is to be edited, or asked for; what of an API is read
 */
export function ArtifactPanel({ designId, item, items, live, line, thing, model, requests }) {
  const text = useStore(live.storeOf(item.key));
  const title = titleOf(item);
  const { artifact } = item;
  const writing = item.step?.state === "running" || (!artifact && Boolean(text));
  return html`<section class="panel" aria-labelledby="panel-title">
    <header class="panel-head">
      <h2 id="panel-title" tabindex="-1">${title}</h2>
      ${writing && html`<span class="badge running">${t(item.step ? `phase.${item.step.phase || "asking"}` : "growing")}</span>`}
    </header>
    ${artifact && html`<${Provenance} revision=${artifact.revision} />`}
    <${StepNotice} designId=${designId} item=${item} />
    ${writing && (text || !artifact) ? html`<${LiveView} item=${item} text=${text} title=${title} />` : null}
    ${!writing && !artifact && isPending(item.step) && html`<p class="stage-empty hint">${t(`step.${item.step?.state}`)}</p>`}
    ${artifact && !(writing && text) && html`<${Opened} key=${item.key} designId=${designId} item=${item} items=${items} title=${title} line=${line} thing=${thing} model=${model} live=${live} requests=${requests} />`}
  </section>`;
}
