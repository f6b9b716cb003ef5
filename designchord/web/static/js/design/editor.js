/** Edit a source by hand: checked by the server's own parser while typing, saved on a base, never lost. */
import { api } from "../api.js";
import { html, useEffect, useRef, useState } from "../dom.js";
import { describeFailure } from "../failure.js";
import { t } from "../i18n.js";
import { showToast } from "../toast.js";
import { Marks, countLines, numbersFor, scrollToLine } from "./code.js";
import { Diff } from "./diff.js";
import { ProblemList } from "./problems.js";

/** A check is asked for after twice the time that the last one took, so that who types asks no more than a server
 * can answer: of a short text at each letter, of a long one when typing pauses. */
const LEAST_WAIT_MS = 15;
const MOST_WAIT_MS = 350;

/** What is typed survives a reload until it is saved or thrown away. */
function draftKeeper(design, key) {
  const name = `designchord.edit.${design}.${key}`;
  return {
    read: () => JSON.parse(sessionStorage.getItem(name) || "null"),
    write: (source, base) => sessionStorage.setItem(name, JSON.stringify({ source, base })),
    clear: () => sessionStorage.removeItem(name),
  };
}

export const hasDraft = (design, key) => Boolean(draftKeeper(design, key).read());

/** The findings for a text, asked for while it is typed. */
function useCheck(kind, source, first) {
  const [result, setResult] = useState({ problems: first, state: "checked" });
  const untouched = useRef(true);
  const took = useRef(0);
  useEffect(() => {
    if (untouched.current) {
      untouched.current = false;
      return undefined;
    }
    const abort = new AbortController();
    setResult((last) => ({ ...last, state: "checking" }));
    const timer = setTimeout(
      async () => {
        const begun = performance.now();
        try {
          const { problems } = await api.check(kind, source, abort.signal);
          took.current = performance.now() - begun;
          setResult({ problems, state: "checked" });
        } catch (error) {
          if (error.name !== "AbortError") setResult({ problems: [], state: "unchecked" });
        }
      },
      Math.min(MOST_WAIT_MS, Math.max(LEAST_WAIT_MS, 2 * took.current)),
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [kind, source]);
  return result;
}

function checkWords({ state, problems }) {
  if (state !== "checked") return t(`check.${state}`);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (errors) return t("check.errors", { n: errors });
  return problems.length ? t("check.warnings", { n: problems.length }) : t("check.clean");
}

function TextField({ text, onText, problems, goTo }) {
  const box = useRef(null);
  const field = useRef(null);
  useEffect(() => scrollToLine(box.current, goTo?.line), [goTo]);
  useEffect(() => field.current.focus({ preventScroll: true }), []);
  const lines = countLines(text);
  const size = (element) => {
    field.current = element;
    if (element) element.style.height = `${lines * 20 + 24}px`;
  };
  return html`<div class="code editing" ref=${box}>
    <pre class="gutter" aria-hidden="true">${numbersFor(lines)}</pre>
    <div class="code-body"><${Marks} problems=${problems} />
      <textarea ref=${size} class="code-text" value=${text} onInput=${(event) => onText(event.target.value)} wrap="off"
        spellcheck="false" autocapitalize="off" autocomplete="off" aria-label=${t("source")}></textarea>
    </div>
  </div>`;
}

/** Two versions came about at once: both are shown, the person decides, nothing is lost. */
function ConflictNotice({ mine, theirs, onKeepMine, onTakeTheirs }) {
  return html`<section class="notice warning" aria-label=${t("conflict.title")}>
    <div><strong>${t("conflict.title")}</strong><p>${t("conflict.text", { n: theirs.number })}</p>
      <div class="actions">
        <button class="button" type="button" onClick=${onKeepMine}>${t("conflict.keepMine")}</button>
        <button class="button" type="button" onClick=${onTakeTheirs}>${t("conflict.takeTheirs")}</button>
      </div>
      <details><summary>${t("conflict.compare")}</summary><${Diff} before=${theirs.source} after=${mine} /></details>
    </div>
  </section>`;
}

/**
 * @param {{designId: string, item: Made, onDone: () => void, onDraft: (source: string) => void,
 *   onSave?: (source: string, base: number) => Promise<boolean>}} props `onSave`: another way to save, and whether it was
 */
export function Editor({ designId, item, onDone, onDraft, onSave }) {
  const { revision } = item.artifact;
  const draft = draftKeeper(designId, item.key);
  const [source, setSource] = useState(() => draft.read()?.source ?? revision.source);
  const [base, setBase] = useState(() => draft.read()?.base ?? revision.number);
  const [saving, setSaving] = useState(false);
  const [goTo, setGoTo] = useState(null);
  const checked = useCheck(item.kind, source, revision.problems);
  const conflict = revision.number !== base;

  const type = (text) => {
    setSource(text);
    draft.write(text, base);
    onDraft(text);
  };
  const leave = () => {
    draft.clear();
    onDone();
  };
  const keepMine = () => {
    setBase(revision.number);
    draft.write(source, revision.number);
  };
  const save = async () => {
    setSaving(true);
    try {
      if (!onSave) {
        await api.save(designId, item, source, base);
        showToast(t("saved"));
      }
      if (!onSave || (await onSave(source, base))) leave();
    } catch (error) {
      showToast(error.status === 409 ? t("conflict.title") : describeFailure(error), { error: true });
    }
    setSaving(false);
  };
  const onKeyDown = (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      save();
    }
  };
  return html`<div class="editor" onKeyDown=${onKeyDown}>
    ${conflict && html`<${ConflictNotice} mine=${source} theirs=${revision} onKeepMine=${keepMine} onTakeTheirs=${leave} />`}
    <${TextField} text=${source} onText=${type} problems=${checked.problems} goTo=${goTo} />
    <div class="editor-foot">
      <span class="check-state" role="status" data-state=${checked.state} data-errors=${String(checked.problems.some(({ severity }) => severity === "error"))}>${checkWords(checked)}</span>
      <span class="actions">
        <button class="button quiet" type="button" onClick=${leave}>${t("discard")}</button>
        <button class="button primary" type="button" disabled=${saving || conflict || source === revision.source} onClick=${save}>${t("save")}</button>
      </span>
    </div>
    <${ProblemList} problems=${checked.problems} onLine=${(line) => setGoTo({ line })} />
  </div>`;
}
