/** Telling somebody who does not look how a design stands: by the tab's title, aloud, and by a notification. */
import { html, useEffect, useRef, useState } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";
import { hasEnded } from "./items.js";

const SIGNS = { done: "✓", partial: "⚠", failed: "✗", cancelled: "■" };

const hasBlueprint = ({ artifacts }) => artifacts.some(({ kind }) => kind === "blueprint");

/** Only whoever was asked and agreed is notified, and nobody who looks. @param {Snapshot} design */
function notify(design) {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const told = new Notification(design.title, { body: t(`ended.${design.state}`), tag: design.id });
    told.onclick = () => {
      window.focus();
      told.close();
    };
  } catch {
    // Phones have notifications only of service workers.
  }
}

/** What is said aloud of a design that is watched; its tab and a notification say the end. @param {Snapshot | null} design */
export function useTelling(design) {
  const working = useRef(false);
  const [said, setSaid] = useState("");
  const readable = Boolean(design && hasBlueprint(design));
  useEffect(() => {
    if (readable && working.current && !hasEnded(design)) setSaid(t("told.readable"));
  }, [readable]);
  useEffect(() => {
    if (!design) return;
    const ended = hasEnded(design);
    const news = ended && working.current;
    working.current ||= !ended;
    if (news) {
      setSaid(t(`ended.${design.state}`));
      notify(design);
    }
    document.title = `${ended ? (news ? `${SIGNS[design.state]} ` : "") : "… "}${design.title} – designchord`;
  }, [design?.title, design?.state]);
  return said;
}

/** Asks once whether to notify; where that was decided, or cannot be, there is nothing to ask. @param {{design: Snapshot}} props */
export function NotifyButton({ design }) {
  const askable = "Notification" in window && isSecureContext && matchMedia("(pointer: fine)").matches;
  const [permission, setPermission] = useState(askable ? Notification.permission : "denied");
  if (hasEnded(design) || permission !== "default") return null;
  const ask = async () => setPermission(await Notification.requestPermission());
  return html`<button class="button quiet" type="button" title=${t("told.ask.hint")} onClick=${ask}><${Icon} name="bell" /><span>${t("told.ask")}</span></button>`;
}
