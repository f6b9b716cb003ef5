/** Light, dark, or as the system has it. */
const KEY = "designchord.theme";
const systemDark = matchMedia("(prefers-color-scheme: dark)");
/** @type {Set<() => void>} */
const listeners = new Set();

function tell() {
  for (const listener of listeners) listener();
}

/** @returns {"system" | "light" | "dark"} */
export function readTheme() {
  const kept = document.documentElement.dataset.theme;
  return kept === "light" || kept === "dark" ? kept : "system";
}

/** @param {"system" | "light" | "dark"} choice */
export function setTheme(choice) {
  if (choice === "system") {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(KEY, choice);
    document.documentElement.dataset.theme = choice;
  }
  tell();
}

export function isDark() {
  const choice = readTheme();
  return choice === "system" ? systemDark.matches : choice === "dark";
}

/** @param {() => void} listener @returns {() => void} ends it */
export function onThemeChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

systemDark.addEventListener("change", tell);
