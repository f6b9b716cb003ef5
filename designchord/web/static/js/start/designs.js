/** The designs that are there already: to search, to open, to delete and to take back. */
import { api } from "../api.js";
import { html, useEffect, useRef, useState } from "../dom.js";
import { attempt, describeFailure } from "../failure.js";
import { formatAgo, formatDate } from "../format.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";
import { showToast } from "../toast.js";

const SEARCH_AFTER_MS = 250;
const LOOK_AGAIN_MS = 4000;
const STATES = ["", "running", "done", "partial", "failed", "cancelled"];
const isMoving = ({ state }) => state === "queued" || state === "running";

function useDesigns() {
  const [filter, setFilter] = useState({ q: "", state: "" });
  const [page, setPage] = useState(
    /** @type {{items: any[] | null, next: string | null, failure: string}} */ ({
      items: null,
      next: null,
      failure: "",
    }),
  );
  const asked = useRef(0);
  const load = async (cursor) => {
    asked.current += 1;
    const mine = asked.current;
    try {
      const answer = await api.listDesigns({ ...filter, cursor });
      if (mine !== asked.current) return;
      setPage((last) => ({
        items: cursor ? [...(last.items ?? []), ...answer.items] : answer.items,
        next: answer.next,
        failure: "",
      }));
    } catch (error) {
      if (mine === asked.current)
        setPage((last) => ({ ...last, items: last.items ?? [], failure: describeFailure(error) }));
    }
  };
  useEffect(() => {
    const timer = setTimeout(load, page.items ? SEARCH_AFTER_MS : 0);
    return () => clearTimeout(timer);
  }, [filter]);
  const moving = page.items?.some(isMoving);
  useEffect(() => {
    if (!moving) return undefined;
    const timer = setInterval(() => document.hidden || load(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [moving, filter]);
  return { filter, setFilter, page, load };
}

function Row({ design, onDelete }) {
  return html`<li class="design-row">
    <a class="design-name" href=${`/designs/${design.id}/`}>${design.title}</a>
    <span class="badge state" data-state=${design.state}>${t(`state.${design.state}`)}</span>
    <span class="hint design-meta"><time datetime=${design.created_at} title=${formatDate(design.created_at)}>${formatAgo(design.created_at)}</time> · ${design.model}</span>
    <button class="button quiet square" type="button" aria-label=${t("deleteThis", { title: design.title })} title=${t("delete")} onClick=${onDelete}><${Icon} name="trash" /></button>
  </li>`;
}

function Filter({ filter, setFilter }) {
  return html`<div class="filter" role="search">
    <label class="sr" for="search">${t("list.search")}</label>
    <input id="search" class="field" type="search" value=${filter.q} placeholder=${t("list.search")} onInput=${(event) => setFilter({ ...filter, q: event.target.value })} />
    <label class="sr" for="state">${t("list.state")}</label>
    <select id="state" class="field" value=${filter.state} onChange=${(event) => setFilter({ ...filter, state: event.target.value })}>
      ${STATES.map((state) => html`<option value=${state}>${state ? t(`state.${state}`) : t("list.anyState")}</option>`)}
    </select>
  </div>`;
}

/** What can still be taken back, asked for when somebody wants to see it. */
function Deleted({ onBack }) {
  const [items, setItems] = useState(/** @type {any[] | null} */ (null));
  const load = (event) => {
    if (event.target.open)
      api
        .listDesigns({ deleted: "true" })
        .then((answer) => setItems(answer.items))
        .catch(() => setItems([]));
  };
  const takeBack = (design) =>
    attempt(async () => {
      await api.undeleteDesign(design.id);
      setItems((last) => last?.filter(({ id }) => id !== design.id) ?? null);
      onBack(design);
    });
  return html`<details class="deleted" onToggle=${load}><summary>${t("list.deleted")}</summary>
    ${items?.length === 0 && html`<p class="hint">${t("list.noneDeleted")}</p>`}
    <ul class="plain">${items?.map(
      (design) => html`<li class="design-row" key=${design.id}><span class="design-name">${design.title}</span>
        <button class="button" type="button" aria-label=${t("list.takeBackThis", { title: design.title })} onClick=${() => takeBack(design)}>${t("list.takeBack")}</button></li>`,
    )}</ul></details>`;
}

export function DesignList() {
  const { filter, setFilter, page, load } = useDesigns();
  const [hidden, setHidden] = useState(new Set());
  const remove = (design) =>
    attempt(async () => {
      await api.deleteDesign(design.id);
      setHidden((last) => new Set(last).add(design.id));
      showToast(t("deleted", { title: design.title }), { action: t("undo"), onAction: () => takeBack(design) });
    });
  const takeBack = (design) =>
    attempt(async () => {
      await api.undeleteDesign(design.id);
      setHidden((last) => new Set([...last].filter((id) => id !== design.id)));
      load();
    });
  const items = page.items?.filter(({ id }) => !hidden.has(id));
  const filtered = Boolean(filter.q || filter.state);
  return html`<section class="designs" aria-labelledby="designs-title">
    <h2 id="designs-title">${t("list.title")}</h2>
    ${(filtered || Boolean(items?.length)) && html`<${Filter} filter=${filter} setFilter=${setFilter} />`}
    ${page.failure && html`<p class="notice error">${page.failure}</p>`}
    ${items?.length === 0 && !page.failure && html`<p class="hint empty-list">${t(filtered ? "list.noMatch" : "list.empty")}</p>`}
    <ul class="plain">${items?.map((design) => html`<${Row} key=${design.id} design=${design} onDelete=${() => remove(design)} />`)}</ul>
    ${page.next && html`<button class="button" type="button" onClick=${() => load(page.next)}>${t("list.more")}</button>`}
    <${Deleted} onBack=${({ id }) => {
      setHidden((last) => new Set([...last].filter((one) => one !== id)));
      load();
    }} />
  </section>`;
}
