/** The words of the page. One dictionary a language; English stands in for a word that is missing. */
import { en } from "./en.js";
import { ko } from "./ko.js";
import { withParticle } from "./particles.js";

const DICTIONARIES = { en, ko };
const KEY = "designchord.language";

export const LANGUAGES = [
  ["ko", "한국어"],
  ["en", "English"],
];

/** `?lang=` wins and is kept, then what was kept, then what the browser asks for. */
function chooseLanguage() {
  const asked = new URLSearchParams(location.search).get("lang") ?? "";
  if (asked in DICTIONARIES) localStorage.setItem(KEY, asked);
  const kept = localStorage.getItem(KEY) ?? "";
  if (kept in DICTIONARIES) return kept;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in DICTIONARIES) || "en";
}

export const language = chooseLanguage();
document.documentElement.lang = language;

/** Keep another language and show the page in it. */
export function switchLanguage(tag) {
  localStorage.setItem(KEY, tag);
  const url = new URL(location.href);
  url.searchParams.delete("lang");
  location.replace(url);
  if (url.href === location.href || url.hash) location.reload();
}

/**
 * The text for a key; `{name}` is filled from values, `{name|을/를}` with the particle that fits. A text about one thing
 * may stand under `key.one`, in a language that has no plural forms as well ("모두" of one thing).
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values) {
  const single = values && Number(values.n) === 1 ? DICTIONARIES[language][`${key}.one`] : undefined;
  return filled(single ?? tOr(key, key), values);
}

/** @param {string} text @param {Record<string, string | number>} [values] */
export function filled(text, values) {
  if (!values) return text;
  return text.replace(/\{(\w+)(?:\|([^}]+))?\}/g, (whole, name, particles) => {
    if (!(name in values)) return whole;
    return particles ? withParticle(String(values[name]), particles) : String(values[name]);
  });
}

/** The text for a key, or `otherwise` when no dictionary has it: for codes that may be newer than the page. */
export function tOr(key, otherwise) {
  return DICTIONARIES[language][key] ?? en[key] ?? otherwise;
}
