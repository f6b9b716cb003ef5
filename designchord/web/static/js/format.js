/** Numbers and times as a person reads them. */
import { language, t } from "./i18n.js";

/** Made when it is first needed: a browser takes tens of milliseconds to read what it knows of a language. @template T @param {() => T} make */
const once = (make) => {
  let made = /** @type {T | undefined} */ (undefined);
  return () => {
    made ??= make();
    return made;
  };
};

const number = once(() => new Intl.NumberFormat(language));
const compact = once(() => new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 }));
const relative = once(() => new Intl.RelativeTimeFormat(language, { numeric: "auto" }));
const languages = once(() => new Intl.DisplayNames(language, { type: "language" }));
const clock = once(() => new Intl.DateTimeFormat(language, { timeStyle: "medium" }));
const dateTime = once(() => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }));

export const formatNumber = (value) => number().format(value);

/** @param {number} tokens */
export function formatTokens(tokens) {
  return t("tokens", { n: tokens < 10_000 ? number().format(tokens) : compact().format(tokens) });
}

/** @param {number} seconds */
export function formatSeconds(seconds) {
  if (seconds < 0.0095) return t("seconds", { n: number().format(Number(Math.max(seconds, 0.001).toFixed(3))) });
  if (seconds < 10) return t("seconds", { n: seconds.toFixed(seconds < 1 ? 2 : 1) });
  if (seconds < 60) return t("seconds", { n: Math.round(seconds) });
  return t("minutesSeconds", { m: Math.floor(seconds / 60), s: Math.floor(seconds % 60) });
}

/** @param {number} usd */
export function formatCost(usd) {
  if (!usd) return "$0";
  return usd < 0.01 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`;
}

/** What a language (BCP 47) is called. @param {string} tag */
export function formatLanguage(tag) {
  try {
    return languages().of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** @param {string} iso */
export const formatClock = (iso) => clock().format(new Date(iso));

/** @param {string} iso */
export const formatDate = (iso) => dateTime().format(new Date(iso));

/** "3 minutes ago" within a day, the date beyond it. @param {string} iso */
export function formatAgo(iso, now = Date.now()) {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  if (seconds > -45) return relative().format(0, "second");
  if (seconds > -3600) return relative().format(Math.round(seconds / 60), "minute");
  if (seconds > -86400) return relative().format(Math.round(seconds / 3600), "hour");
  return formatDate(iso);
}

/** @param {string | null} iso @returns {number | null} milliseconds */
export const toTime = (iso) => (iso ? new Date(iso).getTime() : null);
