/** A code editor around CodeMirror: fetched when somebody edits, told what was found, silent about what it is for. */
import {
  Compartment,
  EditorState,
  EditorView,
  bracketMatching,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  defaultKeymap,
  foldGutter,
  foldKeymap,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSelectionMatches,
  history,
  historyKeymap,
  indentOnInput,
  indentUnit,
  indentWithTab,
  keymap,
  lineNumbers,
  lintGutter,
  nextDiagnostic,
  openSearchPanel,
  previousDiagnostic,
  redo,
  redoDepth,
  search,
  searchKeymap,
  setDiagnostics,
  undo,
  undoDepth,
} from "../../vendor/codemirror/6.0.2/codemirror.js";
import { completing } from "./completing.js";
import { languageOf } from "./languages.js";
import { looks } from "./looks.js";

/** @param {Problem} problem */
function sayProblem({ message, hint, code }) {
  const told = document.createElement("div");
  for (const [name, text] of [
    ["p", message],
    ["p", hint],
    ["code", code],
  ]) {
    if (text) told.append(Object.assign(document.createElement(/** @type {string} */ (name)), { textContent: text }));
  }
  return told;
}

/** Where in the text a finding is: its line without the spaces around, from its column where that is known.
 * @param {any} doc @param {Problem} problem */
function placeOf(doc, { line = 1, column }) {
  const found = doc.line(Math.min(Math.max(1, line), doc.lines));
  const start = found.text.search(/\S/);
  if (start < 0) return { from: found.from, to: found.to };
  const from = found.from + Math.min(column ? Math.max(column - 1, 0) : start, found.length);
  return { from, to: Math.max(from, found.from + found.text.trimEnd().length) };
}

/**
 * Text over a selection. Browsers keep the looks of what it replaces as an inline style, which the policy refuses and reports,
 * so the editor puts it in itself.
 */
const replacing = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { main, ranges } = view.state.selection;
    if (event.inputType !== "insertText" || !event.data || main.empty || ranges.length > 1 || view.composing)
      return false;
    event.preventDefault();
    const insert = () =>
      view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, main.from, main.to, event.data, insert))) view.dispatch(insert());
    return true;
  },
});

/**
 * @param {{parent: HTMLElement, text: string, notation: string, keyword: string, names: Name[], label: string,
 *   describedBy: string, phrases: Record<string, string>, onText: (text: string) => void,
 *   onDepths: (depths: {undo: number, redo: number}) => void}} wish
 */
export function openEditor({ parent, text, notation, keyword, names, label, describedBy, phrases, onText, onDepths }) {
  const completion = new Compartment();
  const heard = EditorView.updateListener.of((update) => {
    if (!update.docChanged) return;
    onText(update.state.doc.toString());
    onDepths({ undo: undoDepth(update.state), redo: redoDepth(update.state) });
  });
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lintGutter(),
        lineNumbers(),
        foldGutter(),
        history(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        bracketMatching(),
        closeBrackets(),
        indentOnInput(),
        indentUnit.of("  "),
        search({ top: true }),
        completion.of(completing(notation, keyword, names)),
        languageOf(notation, keyword, text),
        notation === "markdown" ? EditorView.lineWrapping : [],
        // Escape, then Tab: out of the editor, as CodeMirror has it.
        keymap.of([
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...completionKeymap,
          { key: "F8", run: nextDiagnostic, shift: previousDiagnostic },
          indentWithTab,
        ]),
        EditorView.contentAttributes.of({
          "aria-label": label,
          "aria-describedby": describedBy,
          tabindex: "0",
          autocapitalize: "off",
        }),
        EditorState.phrases.of(phrases),
        looks,
        replacing,
        heard,
      ],
    }),
  });
  view.focus();
  return {
    undo: () => undo(view) && view.focus(),
    redo: () => redo(view) && view.focus(),
    find: () => openSearchPanel(view),
    /** @param {Problem[]} problems */
    mark: (problems) => {
      const shown = problems
        .filter(({ line }) => line)
        .map((problem) => ({
          ...placeOf(view.state.doc, problem),
          severity: problem.severity,
          message: problem.message,
          renderMessage: () => sayProblem(problem),
        }));
      view.dispatch(setDiagnostics(view.state, shown));
    },
    /** @param {Name[]} known */
    know: (known) => view.dispatch({ effects: completion.reconfigure(completing(notation, keyword, known)) }),
    /** @param {number} line */
    goTo: (line) => {
      const place = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines)).from;
      view.dispatch({ selection: { anchor: place }, effects: EditorView.scrollIntoView(place, { y: "center" }) });
      view.focus();
    },
    close: () => view.destroy(),
  };
}
