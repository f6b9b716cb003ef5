/** The field that a source is written in. The editor is fetched when the first one is opened, and not before. */
import { keywordOf, notationOf } from "../catalogue.js";
import { html, useEffect, useRef, useState } from "../dom.js";
import { t } from "../i18n.js";

/** The editor's own words, by what it calls them. */
const PHRASES = [
  ["Find", "find"],
  ["Replace", "writing.replace"],
  ["next", "writing.next"],
  ["previous", "writing.previous"],
  ["all", "writing.all"],
  ["match case", "writing.case"],
  ["regexp", "writing.pattern"],
  ["by word", "writing.words"],
  ["replace", "writing.replaceOne"],
  ["replace all", "writing.replaceAll"],
  ["close", "close"],
  ["current match", "writing.match"],
  ["on line", "writing.onLine"],
  ["replaced match on line $", "writing.replacedOne"],
  ["replaced $ matches", "writing.replacedAll"],
  ["Go to line", "writing.goTo"],
  ["go", "writing.go"],
  ["Completions", "writing.completions"],
  ["Fold line", "writing.fold"],
  ["Unfold line", "writing.unfold"],
  ["unfold", "writing.unfold"],
  ["folded code", "writing.folded"],
  ["Folded lines", "writing.foldedLines"],
  ["Unfolded lines", "writing.unfoldedLines"],
  ["to", "writing.to"],
  ["Selection deleted", "writing.deleted"],
  ["Control character", "writing.control"],
];
const phrases = () => Object.fromEntries(PHRASES.map(([phrase, key]) => [phrase, t(key)]));

/**
 * @param {{kind: string, text: string, problems: Problem[], names: Name[], hand: {current: WritingHand | null},
 *   onText: (text: string) => void, onDepths: (depths: {undo: number, redo: number}) => void}} props
 *   `text`: what it begins with; `hand`: gets what can be done to it from outside
 */
export function WritingField({ kind, text, problems, names, hand, onText, onDepths }) {
  const box = useRef(null);
  const [standing, setStanding] = useState("coming");
  const heard = useRef(onText);
  heard.current = onText;
  useEffect(() => {
    let gone = false;
    const open = async () => {
      const { openEditor } = await import("../writing/editor.js");
      if (gone) return;
      hand.current = openEditor({
        parent: box.current,
        text,
        notation: notationOf(kind),
        keyword: keywordOf(kind),
        names,
        label: t("source"),
        describedBy: "writing-keys",
        phrases: phrases(),
        onText: (typed) => heard.current(typed),
        onDepths,
      });
      setStanding("open");
    };
    open().catch(() => gone || setStanding("failed"));
    return () => {
      gone = true;
      hand.current?.close();
      hand.current = null;
    };
  }, []);
  useEffect(() => hand.current?.mark(problems), [problems, standing]);
  useEffect(() => hand.current?.know(names), [names]);
  return html`<div class="writing" aria-busy=${String(standing === "coming")} ref=${box}>
    ${standing === "failed" && html`<div class="notice error"><p>${t("writing.failed")}</p><button class="button" type="button" onClick=${() => location.reload()}>${t("writing.reload")}</button></div>`}
  </div><p class="hint" id="writing-keys">${t("writing.keys")}</p>`;
}
