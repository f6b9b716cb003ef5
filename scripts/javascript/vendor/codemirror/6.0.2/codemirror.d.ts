/** What the page uses of CodeMirror, for the type check: its names. What they are is told by its documentation. */
type Loose = any;
export const autocompletion: Loose, closeBrackets: Loose, closeBracketsKeymap: Loose[], completeAnyWord: Loose, completionKeymap: Loose[];
export const defaultKeymap: Loose[], history: Loose, historyKeymap: Loose[], indentWithTab: Loose, redo: Loose, redoDepth: Loose, undo: Loose, undoDepth: Loose;
export const jsonLanguage: Loose, yaml: Loose, GFM: Loose, markdownParser: Loose, tags: Loose;
export const bracketMatching: Loose, defineLanguageFacet: Loose, foldGutter: Loose, foldKeymap: Loose[], HighlightStyle: Loose, indentOnInput: Loose, indentUnit: Loose;
export const Language: Loose, languageDataProp: Loose, LanguageSupport: Loose, StreamLanguage: Loose, syntaxHighlighting: Loose;
export const lintGutter: Loose, nextDiagnostic: Loose, previousDiagnostic: Loose, setDiagnostics: Loose;
export const highlightSelectionMatches: Loose, openSearchPanel: Loose, search: Loose, searchKeymap: Loose[];
export const Compartment: Loose, EditorState: Loose, EditorView: Loose;
export const highlightActiveLine: Loose, highlightActiveLineGutter: Loose, keymap: Loose, lineNumbers: Loose;
