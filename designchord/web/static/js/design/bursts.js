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

const beginOf = (step) => toTime(step.ready_at) ?? toTime(step.started_at);

/**
 * The newest burst: its steps in their order (with those that still wait), when it began and how far it has come.
 * @param {object[]} steps @param {number} now milliseconds
 */
export function findBurst(steps, now) {
  const endOf = (step) => toTime(step.finished_at) ?? (step.started_at ? now : beginOf(step));
  const begun = steps.filter(beginOf).sort((a, b) => beginOf(a) - beginOf(b));
  let members = [];
  let end = 0;
  for (const step of begun) {
    if (members.length && beginOf(step) > end + PAUSE_MS) members = [];
    members.push(step);
    end = Math.max(members.length === 1 ? 0 : end, endOf(step));
  }
  const inside = new Set(members);
  const shown = steps.filter((step) => inside.has(step) || !beginOf(step));
  return { shown, origin: members.length ? beginOf(members[0]) : null, end };
}
