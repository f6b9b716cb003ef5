/** How each notation is coloured and folded. Whether a text is right is the server's to say. */
import {
  GFM,
  Language,
  LanguageSupport,
  StreamLanguage,
  defineLanguageFacet,
  jsonLanguage,
  languageDataProp,
  markdownParser,
  yaml,
} from "../../vendor/codemirror/6.0.2/codemirror.js";

/** Words that begin or close something in the families of diagrams, or say of what kind it is. */
export const MERMAID_WORDS = {
  sequenceDiagram:
    "participant actor autonumber activate deactivate alt else opt loop par and critical option break rect end Note over left right of as box create destroy",
  erDiagram:
    "direction title PK FK UK string text integer int bigint decimal float boolean date datetime uuid json enum binary",
};
const OTHERS =
  "graph flowchart subgraph end classDef class style linkStyle click direction state note as stateDiagram-v2 classDiagram namespace section title";

const ARROW = /^(?:(?:<<)?-{1,2}(?:>>|>|x|\)|\|)|[|}{o]{1,2}(?:--|\.\.)[|}{o]{1,2}|--+>?|==+>?|\.\.+>?|-\.+->?)[+-]?/;

/** @param {string} keyword what the diagram begins with */
function mermaid(keyword) {
  const words = new Set([keyword, ...(MERMAID_WORDS[keyword] ?? OTHERS).split(" ")]);
  return StreamLanguage.define({
    name: "mermaid",
    // After a colon comes what is said, to the end of the line.
    startState: () => ({ said: false }),
    token(stream, state) {
      if (stream.sol()) state.said = false;
      if (stream.eatSpace()) return null;
      if (stream.match("%%")) {
        stream.skipToEnd();
        return "comment";
      }
      if (stream.match(/^"[^"]*"?/)) return "string";
      if (state.said) {
        stream.skipToEnd();
        return "string";
      }
      if (stream.match(ARROW)) return "operator";
      if (stream.eat(":")) {
        state.said = keyword === "sequenceDiagram" || keyword === "erDiagram";
        return "punctuation";
      }
      if (stream.match(/^[\p{L}_][\p{L}\p{N}_-]*?(?=--|-[>x)]|\W|$)/u))
        return words.has(stream.current()) ? "keyword" : "variableName";
      stream.next();
      return null;
    },
    languageData: { commentTokens: { line: "%%" }, closeBrackets: { brackets: ["(", "[", "{", '"'] } },
  });
}

/** Markdown without the languages that may stand in it: those would be half a megabyte. */
function markdown() {
  const data = defineLanguageFacet({ closeBrackets: { brackets: ["(", "[", "`"] } });
  const parser = markdownParser.configure([GFM, { props: [languageDataProp.add({ Document: data })] }]);
  return new LanguageSupport(new Language(data, parser, [], "markdown"));
}

/**
 * @param {string} notation @param {string} keyword of a diagram @param {string} text a description of an API is JSON or YAML
 */
export function languageOf(notation, keyword, text) {
  if (notation === "mermaid") return mermaid(keyword);
  if (notation === "markdown") return markdown();
  return /^\s*[{[]/.test(text) || !text.trim() ? jsonLanguage : StreamLanguage.define(yaml);
}
