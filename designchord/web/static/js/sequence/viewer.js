/** A story to read: as a picture, or as numbered steps, which a phone shows first; its words are found in both. */
import { html, useMemo, useState } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";
import { Drawn } from "../viewer/drawn.js";
import { readSteps } from "./reading.js";
import { StepList } from "./steps.js";

const PHONE = matchMedia("(max-width: 40rem)");

/** `at`: which of those that were found one is at */
function Tools({ words, count, at, list, onWords, onNext, onList }) {
  return html`<div class="diagram-tools">
    <label class="search-field"><${Icon} name="search" /><span class="sr">${t("steps.search")}</span>
      <input type="search" class="field" placeholder=${t("steps.search")} value=${words} onInput=${(event) => onWords(event.target.value)}
        onKeyDown=${(event) => event.key === "Enter" && onNext()} /></label>
    <div class="segments" role="group" aria-label=${t("view")}>
      <button type="button" aria-pressed=${String(!list)} onClick=${() => onList(false)}>${t("view.picture")}</button>
      <button type="button" aria-pressed=${String(list)} onClick=${() => onList(true)}>${t("view.steps")}</button>
    </div>
    <span class="hint" role="status">${words && t("steps.found", { n: count })}${at > 0 && html` · ${at}/${count}`}</span>
  </div>`;
}

/**
 * @param {{text: string, drawing: any, failed: boolean, title: string, broken: number[]}} props
 */
export function StoryViewer({ text, title, broken, ...drawn }) {
  const [list, setList] = useState(PHONE.matches);
  const [words, setWords] = useState("");
  const [goal, setGoal] = useState(/** @type {{place: number} | null} */ (null));
  const steps = useMemo(() => readSteps(text).lines.filter(({ what }) => what === "step"), [text]);
  const sought = words.trim().toLowerCase();
  const found = useMemo(() => {
    const holds = ({ number = 0, from = "", to = "", text: said }) =>
      `${number} ${from} ${to} ${said}`.toLowerCase().includes(sought);
    return sought ? steps.flatMap((step, place) => (holds(step) ? place : [])) : [];
  }, [steps, sought]);
  const search = (value) => {
    setWords(value);
    setGoal(null);
  };
  const next = () => {
    if (found.length) setGoal({ place: found[(found.indexOf(goal?.place ?? -1) + 1) % found.length] });
  };
  const tools = html`<${Tools} words=${words} count=${found.length} at=${goal ? found.indexOf(goal.place) + 1 : 0} list=${list} onWords=${search} onNext=${next} onList=${setList} />`;
  if (list)
    return html`<div class="er-viewer">${tools}<${StepList} text=${text} title=${title} broken=${broken} found=${sought ? found : null} /></div>`;
  const label = t("steps.alternative", { title, n: steps.length });
  return html`<${Drawn} ...${drawn} title=${title} label=${label} broken=${broken} found=${found} goal=${goal} tools=${tools} />`;
}
