/** Work piece by piece: each in a task of its own, so that whatever somebody does is answered. */
import { useLayoutEffect, useState } from "./dom.js";

/** @param {() => void} work done before the next frame where browsers can be told so */
export function inTurn(work) {
  if ("scheduler" in window) scheduler.postTask(work, { priority: "user-blocking" });
  else setTimeout(work);
}

/** Whether the turn of a component has come; until then it shows what costs nothing. */
export function useTurn() {
  const [come, setCome] = useState(false);
  useLayoutEffect(() => inTurn(() => setCome(true)), []);
  return come;
}
