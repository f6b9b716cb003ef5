/** An entity-relationship diagram to look at closely: sections, levels, search, and one entity with its neighbours. */
import { hrefOf } from "../design/route.js";
import { html, useEffect, useMemo, useRef, useState } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";
import { Stage } from "../viewer/stage.js";
import { useViewport } from "../viewer/viewport.js";
import { headOf } from "./heads.js";
import { layOut } from "./layout.js";
import { Columns, EntityList, Relations } from "./list.js";
import { ErPicture, LEVELS, layOutReadably } from "./picture.js";
import { MOST_VERBS } from "./pieces.js";
import { neighboursOf } from "./reading.js";
import { cutOut, findSections } from "./sections.js";

const PHONE = matchMedia("(max-width: 40rem)");

function useStageSize(box) {
  const [size, setSize] = useState({ width: 1100, height: 560 });
  useEffect(() => {
    const update = () => {
      const { clientWidth, clientHeight } = box.current;
      // The foot of the stage holds its tools.
      setSize({ width: Math.max(clientWidth - 32, 240), height: Math.max(clientHeight - 56, 240) });
    };
    update();
    const observer = new ResizeObserver(update);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return size;
}

/** Whether anything of a model is marked as taken for granted. @param {import("./reading.js").Model} model */
const hasAssumed = ({ tables, links }) =>
  [...tables, ...links, ...tables.flatMap(({ columns }) => columns)].some(({ mark }) => mark === "assumed");

function Tools({ sections, state, change, level, assumed, onSearch }) {
  return html`<div class="diagram-tools">
    <label class="search-field"><${Icon} name="search" /><span class="sr">${t("erd.search")}</span>
      <input type="search" class="field" placeholder=${t("erd.search")} value=${state.words} onInput=${(event) => change({ words: event.target.value.toLowerCase() })}
        onKeyDown=${(event) => event.key === "Enter" && onSearch()} /></label>
    ${
      sections.length > 1 &&
      html`<label class="sr" for="erd-section">${t("erd.section")}</label>
      <select id="erd-section" class="field" value=${state.section} onChange=${(event) => change({ section: event.target.value, focused: "" })}>
        <option value="">${t("erd.whole")}</option>
        ${sections.map(({ name, label, tables }) => html`<option value=${name}>${label} (${tables.length})</option>`)}
      </select>`
    }
    ${
      !state.list &&
      html`<div class="segments" role="group" aria-label=${t("erd.level")}>
      ${LEVELS.map((name) => html`<button type="button" aria-pressed=${String(level === name)} onClick=${() => change({ level: name })}>${t(`erd.level.${name}`)}</button>`)}</div>`
    }
    <div class="segments" role="group" aria-label=${t("view")}>
      <button type="button" aria-pressed=${String(!state.list)} onClick=${() => change({ list: false })}>${t("view.picture")}</button>
      <button type="button" aria-pressed=${String(state.list)} onClick=${() => change({ list: true })}>${t("view.list")}</button>
    </div>
    ${assumed && html`<span class="hint" title=${t("assumed.hint")}>? ${t("assumed")}</span>`}
  </div>`;
}

function Details({ model, name, editable, onPick, onClose }) {
  const table = model.tables.find((one) => one.name === name);
  if (!table) return null;
  const head = headOf(table);
  return html`<aside class="er-details stage-over" aria-label=${head.label}>
    <header><strong>${head.label}</strong> ${head.name && html`<code>${head.name}</code>`}
      <button class="button quiet square" type="button" aria-label=${t("close")} onClick=${onClose}><${Icon} name="cross" /></button></header>
    <${Columns} table=${table} /><${Relations} model=${model} name=${name} onPick=${onPick} />
    ${editable && html`<a class="link" href=${hrefOf("blueprint", name)}>${t("erd.edit", { name: head.label })}</a>`}
  </aside>`;
}

/** What is laid out, and how far it goes into detail. */
function useLayout(model, state, stage) {
  const all = useMemo(() => findSections(model), [model]);
  const section = all.find(({ name }) => name === state.section);
  const shown = useMemo(
    () => (section ? cutOut(model, section, t("erd.beyond")) : { model, sections: all }),
    [model, section, all],
  );
  const { level, layout } = useMemo(
    () =>
      state.level
        ? { level: state.level, layout: layOut(shown.model, shown.sections, state.level, stage) }
        : layOutReadably(shown.model, shown.sections, stage),
    [shown, state.level, stage.width, stage.height],
  );
  return { all, shown: shown.model, level, layout };
}

/** Names that fit the words first, then those with such a column. */
function findTables(model, words) {
  const named = model.tables.filter((table) => `${table.name} ${table.label}`.toLowerCase().includes(words));
  const holding = model.tables.filter(({ columns }) => columns.some(({ name }) => name.includes(words)));
  return words ? [...new Set([...named, ...holding])].map(({ name }) => name) : [];
}

function ErStage({ model, title, editable, state, change, stage, setStage, note, goal }) {
  const measured = useRef(null);
  const { shown, layout } = stage;
  const port = useViewport(layout);
  measured.current = port.box.current;
  const size = useStageSize(port.box);
  useEffect(() => setStage(size), [size.width, size.height]);
  useEffect(() => port.fit(true), [state.section, state.level]);
  const near = useMemo(
    () => (state.focused ? new Set([state.focused, ...neighboursOf(shown, state.focused)]) : null),
    [shown, state.focused],
  );
  useEffect(() => {
    const box = goal && layout.boxes.get(goal.name);
    if (box) port.show(box, 1);
  }, [goal]);
  const picture = useMemo(
    () => html`<${ErPicture} model=${shown} layout=${layout} near=${near} focused=${state.focused} words=${state.words}
      verbs=${shown.links.length <= MOST_VERBS} label=${title} />`,
    [shown, layout, near, state.focused, state.words, title],
  );
  const pick = (target) => change({ focused: target.closest?.("[data-name]")?.dataset.name ?? "" });
  const over =
    state.focused &&
    html`<${Details} model=${model} name=${state.focused} editable=${editable} onClose=${() => change({ focused: "" })} onPick=${(name) => change({ focused: name, goTo: name })} />`;
  return html`<${Stage} title=${title} size=${layout} port=${port} shapes=${[...layout.boxes.values()]} over=${over} note=${note} onPick=${pick}
    onEscape=${() => change({ focused: "" })}>${picture}<//>`;
}

/** @param {{model: import("./reading.js").Model, title: string, note?: string, editable?: boolean}} props */
export function ErViewer({ model, title, note = "", editable = false }) {
  const [state, setState] = useState({ section: "", level: "", words: "", focused: "", list: PHONE.matches });
  const [size, setStage] = useState({ width: 1100, height: 560 });
  const [goal, setGoal] = useState(/** @type {{name: string} | null} */ (null));
  const change = ({ goTo = "", ...some }) => {
    setState((last) => ({ ...last, ...some }));
    if (goTo) setGoal({ name: goTo });
  };
  const { all, shown, level, layout } = useLayout(model, state, size);
  const search = () => {
    const found = findTables(shown, state.words);
    const next = found[(found.indexOf(state.focused) + 1) % Math.max(found.length, 1)];
    if (next) change({ focused: next, goTo: next });
  };
  return html`<div class="er-viewer">
    <${Tools} sections=${all} state=${state} change=${change} level=${level} assumed=${hasAssumed(model)} onSearch=${search} />
    ${
      state.list
        ? html`<${EntityList} model=${shown} words=${state.words} title=${title} />`
        : html`<${ErStage} model=${model} title=${title} editable=${editable} state=${state} change=${change} stage=${{ shown, layout }} setStage=${setStage} note=${note} goal=${goal} />`
    }
  </div>`;
}
