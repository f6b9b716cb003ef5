/** What may be meant by the beginning of a word: the design's names first, then the notation's words and the text's own. */
import { autocompletion, completeAnyWord } from "../../vendor/codemirror/6.0.2/codemirror.js";
import { MERMAID_WORDS } from "./languages.js";

const WORD = /[\p{L}\p{N}_/{}.-]+/u;
const ATTRIBUTE = /([\p{L}\p{N}_]+)\.[\p{L}\p{N}_]*/u;
/** Of a name that many things have, so many are told. */
const MEANT = 2;
/** Of prose, only so much makes a proposal welcome. */
const LEAST_LETTERS = 2;
/** So many proposals are shown at a time; the arrows lead to more. */
const SHOWN = 10;

/** @param {Name[]} names */
function nameSource(names) {
  const option = (meant, boost) => {
    const [{ name, kind, label }] = meant;
    const told = new Set(meant.flatMap(({ what, owner }) => [what, owner]));
    return {
      label: name,
      detail: [...told, label.toLowerCase() === name.toLowerCase() ? "" : label].filter(Boolean).join(" · "),
      type: kind,
      boost,
    };
  };
  // One name may be that of several things.
  const all = [...Map.groupBy(names, ({ name }) => name).values()].map((meant) => option(meant.slice(0, MEANT), 2));
  return (context) => {
    const owned = context.matchBefore(ATTRIBUTE);
    const owner = owned?.text.split(".")[0];
    const own = owner ? names.filter((each) => each.owner === owner) : [];
    if (owned && own.length)
      return {
        from: owned.from + owned.text.indexOf(".") + 1,
        options: own.map((each) => option([each], 3)),
        validFor: /^\w*$/,
      };
    const word = context.matchBefore(WORD);
    if (!context.explicit && (!word || word.text.length < LEAST_LETTERS)) return null;
    return { from: word?.from ?? context.pos, options: all, validFor: WORD };
  };
}

function wordSource(keyword) {
  const options = (MERMAID_WORDS[keyword] ?? "").split(" ").map((label) => ({ label, type: "keyword" }));
  return (context) => {
    const word = context.matchBefore(/^\s*[a-zA-Z]+/);
    if (!word) return null;
    return { from: word.from + word.text.search(/\S/), options, validFor: /^\w*$/ };
  };
}

/** @param {string} notation @param {string} keyword @param {Name[]} names */
export function completing(notation, keyword, names) {
  const prose = notation === "markdown";
  const override = [nameSource(names)];
  if (keyword in MERMAID_WORDS) override.push(wordSource(keyword));
  if (!prose) override.push(completeAnyWord);
  // In prose Enter is a new line, whatever was proposed: one goes to a proposal with the arrows first.
  return autocompletion({ override, icons: false, selectOnOpen: !prose, maxRenderedOptions: SHOWN });
}
