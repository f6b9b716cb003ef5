/** Light, dark, or as the system has it. */
const KEY = "designchord.theme";
const systemDark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set();

/** @returns {"system" | "light" | "dark"} */
export function readTheme() {
  return document.documentElement.dataset.theme || "system";
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
  listeners.forEach((listener) => listener());
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

systemDark.addEventListener("change", () => listeners.forEach((listener) => listener()));
