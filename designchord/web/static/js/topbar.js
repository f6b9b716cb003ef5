/** The line at the top of every page: the way home, the language, the theme. */
import { html, useState } from "./dom.js";
import { LANGUAGES, language, switchLanguage, t } from "./i18n.js";
import { Icon } from "./icons.js";
import { readTheme, setTheme } from "./theme.js";

const THEMES = /** @type {const} */ (["system", "light", "dark"]);
const THEME_ICONS = { system: "system", light: "sun", dark: "moon" };

export function Logo() {
  return html`<svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
    <path d="M4 7h8c7 0 6 9 13 9" /><path d="M4 16h21" /><path d="M4 25h8c7 0 6-9 13-9" />
    <circle cx="27" cy="16" r="2.4" />
  </svg>`;
}

function ThemeSwitch() {
  const [theme, keep] = useState(readTheme());
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  const change = () => {
    setTheme(next);
    keep(next);
  };
  const label = t("themeNow", { theme: t(`theme.${theme}`) });
  return html`<button class="button quiet square" type="button" onClick=${change} aria-label=${label} title=${label}>
    <${Icon} name=${THEME_ICONS[theme]} />
  </button>`;
}

function LanguageSwitch() {
  return html`<div class="language" role="group" aria-label=${t("uiLanguage")}>
    ${LANGUAGES.map(
      ([tag, name]) =>
        html`<button class="link" type="button" lang=${tag} aria-pressed=${String(tag === language)}
          onClick=${() => tag !== language && switchLanguage(tag)}>${name}</button>`,
    )}
  </div>`;
}

/** Where there are accounts, the page knows who is signed in. */
function Account() {
  const name = document.querySelector('meta[name="account"]')?.getAttribute("content");
  return name && html`<a class="button quiet" href="/account/" aria-label=${t("account", { name })}>${name}</a>`;
}

/** The address holds the open part of a design, so the link must not write itself into it. */
function skip(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** @param {{children?: unknown}} props what stands between the name and the switches */
export function Topbar({ children }) {
  return html`<header class="topbar">
    <a class="skip" href="#main" onClick=${skip}>${t("skip")}</a>
    <a class="brand" href="/"><${Logo} /><span>designchord</span></a>
    <div class="topbar-middle">${children}</div>
    <${LanguageSwitch} />
    <${ThemeSwitch} />
    <${Account} />
  </header>`;
}
