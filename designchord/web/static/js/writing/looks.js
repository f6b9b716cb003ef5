/** The editor in the colours of the page, which know light and dark by themselves. */
import { EditorView, HighlightStyle, syntaxHighlighting, tags } from "../../vendor/codemirror/6.0.2/codemirror.js";

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--accent)", fontWeight: "550" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--info)" },
  { tag: [tags.propertyName, tags.attributeName, tags.definition(tags.propertyName)], color: "var(--plum)" },
  { tag: [tags.operator, tags.processingInstruction, tags.contentSeparator], color: "var(--warning)" },
  { tag: [tags.comment, tags.meta, tags.quote], color: "var(--ink-soft)" },
  { tag: [tags.heading, tags.strong], fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: [tags.link, tags.url], color: "var(--accent)", textDecoration: "underline" },
  { tag: tags.monospace, color: "var(--plum)" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: tags.invalid, color: "var(--error)" },
]);

const surfaces = EditorView.theme({
  "&": { backgroundColor: "var(--surface)", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "20px", overflow: "auto" },
  ".cm-content": { padding: "12px 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 16px 0 8px" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--ink-soft)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--sunken)" },
  ".cm-activeLineGutter": { color: "var(--ink)" },
  ".cm-gutter-lint": { width: "18px" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "2px" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--sunken)", borderColor: "var(--line)", color: "var(--ink-soft)" },
  "&.cm-focused .cm-matchingBracket, .cm-selectionMatch": { backgroundColor: "var(--accent-soft)" },
  ".cm-searchMatch": { backgroundColor: "var(--warning-soft)", outline: "1px solid var(--warning)" },
  ".cm-searchMatch.cm-searchMatch-selected": {
    backgroundColor: "var(--accent-soft)",
    outline: "2px solid var(--accent)",
  },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--surface)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-tooltip": {
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius-s)",
    boxShadow: "var(--shadow)",
  },
  // It never scrolls: what does, everybody must be able to reach by itself.
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-mono)", maxHeight: "none", overflow: "hidden" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "2px 8px", minHeight: "24px", lineHeight: "20px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--accent-ink)",
  },
  ".cm-completionDetail": { fontFamily: "var(--font-sans)", fontStyle: "normal", opacity: "0.85" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-diagnostic": { padding: "6px 10px", fontFamily: "var(--font-sans)", maxWidth: "32rem" },
  ".cm-diagnostic-error": { borderLeft: "4px solid var(--error)" },
  ".cm-diagnostic-warning": { borderLeft: "4px solid var(--warning)" },
  ".cm-diagnostic-info": { borderLeft: "4px solid var(--info)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "6px 40px 6px 8px" },
  ".cm-panel.cm-search input, .cm-panel.cm-search button, .cm-panel.cm-search label": {
    margin: "2px 6px 2px 0",
    verticalAlign: "middle",
  },
  ".cm-panel.cm-search label": {
    display: "inline-flex",
    gap: "4px",
    alignItems: "center",
    minHeight: "24px",
    fontSize: "0.8125rem",
  },
  ".cm-panel.cm-search [name=close]": {
    top: "6px",
    right: "6px",
    width: "28px",
    height: "28px",
    fontSize: "1.125rem",
    color: "inherit",
  },
  ".cm-textfield": {
    minHeight: "28px",
    fontSize: "inherit",
    backgroundColor: "var(--surface)",
    borderColor: "var(--line-strong)",
    borderRadius: "var(--radius-s)",
  },
  ".cm-textfield::placeholder": { color: "var(--ink-soft)", opacity: "1" },
  ".cm-button": {
    minHeight: "28px",
    fontSize: "0.8125rem",
    backgroundImage: "none",
    backgroundColor: "var(--sunken)",
    borderColor: "var(--line-strong)",
    borderRadius: "var(--radius-s)",
  },
});

export const looks = [surfaces, syntaxHighlighting(colours)];
