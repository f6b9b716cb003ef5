/** Which part of the design is open, kept in the address: `#erd`, `#sequence/borrow-item`, `#api@12` (a line). */
import { useEffect, useState } from "../dom.js";

/** @typedef {{key: string, line: number | null}} Route */

/** @returns {Route} */
export function readRoute() {
  const [key, line] = decoded(location.hash.slice(1)).split("@");
  return { key: key || "overview", line: Number(line) || null };
}

/** What an address means; one that nobody of us wrote may not be decodable. @param {string} text */
export function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param {string} key @param {number | null} [line] */
export const hrefOf = (key, line) => `#${encodeURI(key)}${line ? `@${line}` : ""}`;

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
