/** What is typed into the form is kept at once, field by field, until it has become a design. */
import { useState } from "../dom.js";

const PREFIX = "designchord.draft.";

const read = (name) => localStorage.getItem(PREFIX + name) ?? "";

function write(name, value) {
  try {
    if (value) localStorage.setItem(PREFIX + name, value);
    else localStorage.removeItem(PREFIX + name);
  } catch {
    // A full or forbidden storage must not stop anybody from typing.
  }
}

/** @param {readonly string[]} names @returns {[Record<string, string>, (values: Record<string, string>) => void]} */
export function useDraft(names) {
  const [values, setValues] = useState(() => Object.fromEntries(names.map((name) => [name, read(name)])));
  const change = (some) => {
    for (const [name, value] of Object.entries(some)) write(name, value);
    setValues((last) => ({ ...last, ...some }));
  };
  return [values, change];
}

/**
 * The key that makes sending twice harmless: the same as long as the same is sent, also after a reload.
 * @param {object} brief
 */
export function idempotencyKey(brief) {
  const body = JSON.stringify(brief);
  const known = JSON.parse(read("sent") || "null");
  if (known?.body === body) return known.key;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  write("sent", JSON.stringify({ body, key }));
  return key;
}

export function forgetKey() {
  write("sent", "");
}
