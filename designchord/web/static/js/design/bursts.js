/** Work on a design comes in bursts: the first making, and each later change. Only one burst fits one time axis. */
import { serverNow } from "../clock.js";
import { useEffect, useState } from "../dom.js";
import { toTime } from "../format.js";

const TICK_MS = 200;
const PAUSE_MS = 5000;

/** The time now, moving while something is under way. */
export function useNow(moving) {
  const [now, setNow] = useState(serverNow());
  useEffect(() => {
    if (!moving) return undefined;
    const timer = setInterval(() => setNow(serverNow()), TICK_MS);
    return () => clearInterval(timer);
  }, [moving]);
  return now;
}

/** @param {Step} step */
const beginOf = (step) => toTime(step.ready_at) ?? toTime(step.started_at);

/**
 * The newest burst: its steps in their order (with those that still wait), when it began and how far it has come.
 * @param {Step[]} steps @param {number} now milliseconds
 */
export function findBurst(steps, now) {
  const begun = steps
    .flatMap((step) => {
      const begin = beginOf(step);
      return begin ? [{ step, begin, end: toTime(step.finished_at) ?? (step.started_at ? now : begin) }] : [];
    })
    .sort((a, b) => a.begin - b.begin);
  /** @type {typeof begun} */
  let members = [];
  let end = 0;
  for (const one of begun) {
    if (members.length && one.begin > end + PAUSE_MS) members = [];
    members.push(one);
    end = Math.max(members.length === 1 ? 0 : end, one.end);
  }
  const inside = new Set(members.map(({ step }) => step));
  const shown = steps.filter((step) => inside.has(step) || !beginOf(step));
  return { shown, origin: members.length ? members[0].begin : null, end };
}
