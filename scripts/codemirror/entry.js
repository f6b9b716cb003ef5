// What the page's own modules (static/js/writing) use of CodeMirror, and nothing else of it.
export { autocompletion, closeBrackets, closeBracketsKeymap, completeAnyWord, completionKeymap } from '@codemirror/autocomplete';
export { defaultKeymap, history, historyKeymap, indentWithTab, redo, redoDepth, undo, undoDepth } from '@codemirror/commands';
export { jsonLanguage } from '@codemirror/lang-json';
export { bracketMatching, defineLanguageFacet, foldGutter, foldKeymap, HighlightStyle, indentOnInput, indentUnit, Language, languageDataProp, LanguageSupport, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
export { yaml } from '@codemirror/legacy-modes/mode/yaml';
export { lintGutter, nextDiagnostic, previousDiagnostic, setDiagnostics } from '@codemirror/lint';
export { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from '@codemirror/search';
export { Compartment, EditorState } from '@codemirror/state';
export { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
export { tags } from '@lezer/highlight';
export { GFM, parser as markdownParser } from '@lezer/markdown';
