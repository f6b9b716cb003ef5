/** Which part of the design is open, kept in the address: `#erd`, `#sequence/borrow-item`, `#api@12` (a line),
 * `#api@listTools` (an operation to read), `#report@R3` (a requirement), `#blueprint@Tool` (a thing to edit), `#blueprint@fulfil:R3` (a change to ask for). */
import { useEffect, useState } from "../dom.js";

/** @typedef {{key: string, line: number | null, thing: string}} Route */

/** @returns {Route} */
export function readRoute() {
  const [key, place = ""] = decoded(location.hash.slice(1)).split("@");
  const line = Number(place) || null;
  return { key: key || "overview", line, thing: line ? "" : place };
}

/** What an address means; one that nobody of us wrote may not be decodable. @param {string} text */
export function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param {string} key @param {number | string | null} [place] a line, or a thing of the blueprint */
export const hrefOf = (key, place) => `#${encodeURI(key)}${place ? `@${encodeURIComponent(place)}` : ""}`;

/** @returns {Route} */
export function useRoute() {
  const [route, setRoute] = useState(readRoute());
  useEffect(() => {
    const update = () => setRoute(readRoute());
    addEventListener("hashchange", update);
    return () => removeEventListener("hashchange", update);
  }, []);
  return route;
}
