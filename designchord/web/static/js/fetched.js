/** Components whose modules are fetched beside what is shown first. */
import { html, useEffect, useState } from "./dom.js";
import { fetchBeside } from "./head.js";
import { t } from "./i18n.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 16_000;

/** Some browsers never ask again for a module that did not arrive; the page anew does. */
function Missing() {
  return html`<div class="notice error" role="alert"><p>${t("fetch.failed")}</p>
    <button class="button" type="button" onClick=${() => location.reload()}>${t("reload")}</button></div>`;
}

/**
 * Nothing stands in the component's place until its module is there. What does not arrive is asked for again and again
 * while somebody waits for it, and said from the second time on.
 * @param {() => Promise<Record<string, any>>} load @param {string} name
 */
export function fetched(load, name) {
  let component = /** @type {any} */ (null);
  let coming = /** @type {Promise<void> | null} */ (null);
  const fetchIt = () => {
    fetchBeside();
    coming ??= load().then(
      (module) => {
        component = module[name];
      },
      () => {
        coming = null;
      },
    );
    return coming;
  };
  function Fetched(props) {
    const [failures, setFailures] = useState(0);
    const [, setThere] = useState(Boolean(component));
    useEffect(() => {
      if (component) {
        setThere(true); // it may have come since this was first shown
        return undefined;
      }
      let gone = false;
      const ask = () =>
        fetchIt().then(() => {
          if (gone) return;
          if (component) setThere(true);
          else setFailures(failures + 1);
        });
      const pause = failures && Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
      const timer = pause ? setTimeout(ask, pause) : void ask();
      return () => {
        gone = true;
        clearTimeout(timer);
      };
    }, [failures]);
    if (component) return html`<${component} ...${props} />`;
    return failures > 1 ? html`<${Missing} />` : null;
  }
  return Object.assign(Fetched, { fetchIt });
}
