/** The server's time, as far as its messages tell; clocks of two machines seldom agree. */
/** @type {number | null} */
let offset = null;

/** A time the server wrote into something that has just arrived: its clock is at least there. @param {string | null} iso */
export function learnTime(iso) {
  if (!iso) return;
  const ahead = new Date(iso).getTime() - Date.now();
  offset = offset === null ? ahead : Math.max(offset, ahead);
}

export const serverNow = () => Date.now() + (offset ?? 0);
