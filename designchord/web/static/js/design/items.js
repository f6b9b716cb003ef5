/** The pieces of a design in reading order: what was planned (steps) joined with what is there (artifacts). */
import { byReadingOrder, hasParts, labelOf } from "../catalogue.js";
import { formatClock } from "../format.js";
import { t, tOr } from "../i18n.js";
import { keyOf } from "./store.js";

/** @param {Titled} item */
export function titleOf({ kind, part, title }) {
  return part ? title || part : labelOf(kind);
}

/** What a running step is at; when it waits, for what and until when. @param {Step | null | undefined} step */
export function phaseOf(step) {
  const phase = t(`phase.${step?.phase || "asking"}`);
  if (!step?.waiting) return phase;
  const { code, until } = step.waiting;
  return [phase, tOr(`error.${code}`, ""), until && t("until", { time: formatClock(until) })]
    .filter(Boolean)
    .join(" · ");
}

/**
 * @param {Snapshot} design @param {Titled[]} [grown] parts of a blueprint that is being written
 * @returns {Item[]}
 */
export function listItems(design, grown = []) {
  const items = new Map();
  const itemOf = (entry) => {
    const key = keyOf(entry);
    if (!items.has(key)) items.set(key, { key, kind: entry.kind, part: entry.part || "", step: null, artifact: null });
    const item = items.get(key);
    item.title = entry.title || item.title || "";
    return item;
  };
  for (const step of design.steps) itemOf(step).step = step;
  for (const artifact of design.artifacts) itemOf(artifact).artifact = artifact;
  // Which parts there are follows from the blueprint; until then each kind stands for its own. What is to come in one
  // part keeps its place until the end: artifacts arrive one by one, and nothing jumps aside for those on the way.
  const planned = design.artifacts.length > 0 || design.steps.some(({ kind }) => design.kinds.includes(kind));
  const seen = new Set(grown.map(({ kind }) => kind));
  const isExpected = (kind) => !planned || (!hasEnded(design) && !hasParts(kind));
  for (const kind of design.kinds) if (!seen.has(kind) && isExpected(kind)) itemOf({ kind, part: "" });
  for (const place of grown) itemOf(place);
  if (design.report) itemOf({ kind: "report", part: "" });
  return [...items.values()].sort(byReadingOrder);
}

/** Steps in the order in which a person thinks of them. @param {Step[]} steps */
export const inReadingOrder = (steps) => [...steps].sort(byReadingOrder);

const ENDED = ["done", "partial", "failed", "cancelled"];

/** @param {Snapshot | null} design */
export const hasEnded = (design) => design !== null && ENDED.includes(design.state);

/** Whether work on it is under way or to come. */
export const isPending = (step) => Boolean(step) && ["waiting", "ready", "running"].includes(step.state);

/** @param {Array<{severity: string}>} problems */
export function countProblems(problems = []) {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity } of problems) counts[severity] += 1;
  return counts;
}

/**
 * One word for how an item stands: `waiting`, `running`, `failed`, `cancelled`, `stale`, `error`, `warning`, `done`.
 * @param {Item} item @param {Report | null} report @param {string} [text] what is known of it while it is made
 */
export function standingOf(item, report, text = "") {
  if (item.step?.state === "running") return "running";
  if (text && !item.artifact && !(item.kind === "report" && report)) return "running";
  if (item.step && isPending(item.step)) return "waiting";
  if (item.step?.state === "failed") return "failed";
  if (item.step?.state === "cancelled" && !item.artifact) return "cancelled";
  const problems = item.kind === "report" ? report?.problems : item.artifact?.revision?.problems;
  if (item.kind !== "report" && !item.artifact) return "waiting";
  const counts = countProblems(problems);
  if (counts.error) return "error";
  if (item.artifact?.stale) return "stale";
  return counts.warning ? "warning" : "done";
}
