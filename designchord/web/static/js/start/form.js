/** The form that starts a design: one box for everything. It never loses what was typed and says in place what is missing. */
import { ApiError, api } from "../api.js";
import { labelOf, limitOf, selectableKinds } from "../catalogue.js";
import { html, useEffect, useRef, useState } from "../dom.js";
import { describeFailure } from "../failure.js";
import { formatLanguage } from "../format.js";
import { language, t, tOr } from "../i18n.js";
import { Icon } from "../icons.js";
import { showToast } from "../toast.js";
import { forgetKey, idempotencyKey, useDraft } from "./draft.js";
import { Choice, TextField } from "./fields.js";
import { EffortChoice, useEstimate } from "./estimate.js";
import { SYSTEM_FILES, droppedFiles, namedFiles, textOf } from "./dropped.js";
import { Importing, readFiles } from "./importing.js";
import { ModelLine, isOffline, useModels } from "./models.js";
import { Questions, isShort } from "./questions.js";

const FIELDS = ["title", "content", "requirements", "language", "model", "effort", "without"];
/** What the text was before another page began anew with an idea (design/idea.js). */
const REPLACED = "designchord.replaced";
/** Languages to choose from; left alone, the server takes that of the text. */
const LANGUAGES = ["ko", "en"];

/** @param {Record<string, string>} values */
const chosenKinds = ({ without = "" }) => selectableKinds().filter((kind) => !without.split(" ").includes(kind));

/** What is missing, by field. */
function findGaps(values) {
  /** @type {Record<string, string>} */
  const gaps = {};
  const limit = limitOf("idea_file");
  if (!values.content.trim()) gaps.content = t("form.contentMissing");
  else if (!/[\p{L}\p{N}]/u.test(values.content)) gaps.content = t("error.content_wordless");
  else if (values.content.length > limit) gaps.content = t("form.tooLong", { n: limit });
  if (values.title.length > limitOf("title")) gaps.title = t("form.tooLong", { n: limitOf("title") });
  if (chosenKinds(values).length === 0) gaps.kinds = t("form.kindsMissing");
  return gaps;
}

/** @param {Record<string, string>} values @param {import("./reading.js").Idea} idea */
function toBrief(values, idea) {
  const kinds = chosenKinds(values);
  return {
    title: values.title.trim() || idea.title,
    content: idea.content,
    requirements: idea.requirements,
    ...(values.language ? { language: values.language } : {}),
    ...(kinds.length < selectableKinds().length ? { kinds } : {}),
    ...(values.model ? { model: values.model } : {}),
    ...(values.effort ? { effort: values.effort } : {}),
  };
}

function KindChoice({ values, error, onChange }) {
  const chosen = chosenKinds(values);
  const toggle = (kind) => {
    const next = chosen.includes(kind) ? chosen.filter((name) => name !== kind) : [...chosen, kind];
    onChange({
      without: selectableKinds()
        .filter((name) => !next.includes(name))
        .join(" "),
    });
  };
  return html`<fieldset class="form-row kinds"><legend class="label">${t("form.kinds")}</legend>
    <div class="kind-list">${selectableKinds().map(
      (kind) =>
        html`<label class="check"><input type="checkbox" name="kinds" value=${kind} checked=${chosen.includes(kind)} onChange=${() => toggle(kind)} /><span>${labelOf(kind)}</span></label>`,
    )}</div>
    ${error && html`<p class="field-error">${error}</p>`}
  </fieldset>`;
}

/** A dropped or chosen file becomes the text; files of a system, several, or those of a folder, are read as one. */
function useFiles(onText, onSystem, onFailure) {
  const [over, setOver] = useState(false);
  const take = async (/** @type {import("./dropped.js").Named[]} */ files) => {
    if (!files.length) return onFailure(t("import.nothingInside"));
    const [{ name, file }] = files;
    if (files.length > 1 || name.includes("/") || SYSTEM_FILES.test(name))
      return readFiles(files).then(onSystem, (error) => onFailure(error.message));
    if (file.size > limitOf("idea_file"))
      onFailure(t("form.fileTooLarge", { n: Math.floor(limitOf("idea_file") / 1000) }));
    else {
      const text = await textOf(file);
      if (text === null) onFailure(t("error.not_text"));
      else onText(text);
    }
    return undefined;
  };
  const handlers = {
    onDragOver: (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event) => event.currentTarget.contains(event.relatedTarget) || setOver(false),
    onDrop: (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      setOver(false);
      droppedFiles(event.dataTransfer).then(take, () => onFailure(t("import.unreadable")));
    },
  };
  return { over, handlers, take };
}

function FilePicker({ onFiles }) {
  const input = useRef(null);
  const system = useRef(null);
  const folder = useRef(null);
  const chosen = (event) => event.target.files.length && onFiles(namedFiles(event.target.files));
  return html`<p class="file-line hint">
    <button class="link" type="button" onClick=${() => input.current.click()}>${t("form.openFile")}</button> ${t("form.orDrop")}
    <input ref=${input} type="file" name="idea" accept=".md,.markdown,.txt,text/markdown,text/plain" hidden onChange=${chosen} />
    ${" · "}${t("form.orSystem")} <button class="link" type="button" onClick=${() => system.current.click()}>${t("form.openSystem")}</button> ${t("form.or")} <button class="link" type="button" onClick=${() => folder.current.click()}>${t("form.openFolder")}</button> <small>(${t("form.systemKinds")})</small>
    <input ref=${system} type="file" name="system" multiple accept=".sql,.ddl,.yaml,.yml,.json,.dbml,.mmd,.mermaid,.md,.rb" hidden onChange=${chosen} />
    <input ref=${folder} type="file" name="folder" webkitdirectory hidden onChange=${chosen} />
  </p>`;
}

function Options({ values, errors, change, estimate }) {
  const detected = estimate && !values.language;
  const auto = detected
    ? t("form.language.detected", { name: formatLanguage(estimate.language) })
    : t("form.language.auto");
  return html`<details class="options" open=${Boolean(errors.kinds)}><summary>${t("form.options")}</summary>
    <div class="options-body"><${KindChoice} values=${values} error=${errors.kinds} onChange=${change} />
    <${Choice} name="language" label=${t("form.language")} value=${values.language} onValue=${(value) => change({ language: value })}
      options=${[{ value: "", label: auto }, ...LANGUAGES.map((tag) => ({ value: tag, label: formatLanguage(tag) }))]} /></div>
  </details>`;
}

/** Sending: read the text once more, then start; what fails stays in the form. */
function useSending(values, change) {
  const [state, setState] = useState({ failure: "", sending: false });
  const send = async (content) => {
    setState({ failure: "", sending: true });
    try {
      const brief = toBrief(values, await api.readIdea(content));
      const design = await api.startDesign(brief, idempotencyKey(brief));
      forgetKey();
      change({ title: "", content: "", requirements: "" });
      location.assign(`/designs/${design.id}/`);
    } catch (error) {
      const field = error instanceof ApiError ? error.details.field : null;
      const why = field ? tOr(`error.${error.code}`, error.message) : describeFailure(error);
      setState({ failure: why, sending: false });
    }
  };
  const fail = (failure) => setState({ failure, sending: false });
  return { ...state, send, fail };
}

/** What an earlier form kept in a field of its own belongs to the text. */
const wholeText = ({ content = "", requirements = "" }) =>
  requirements.trim() ? `${content.trim()}\n\n## ${t("form.requirements")}\n\n${requirements.trim()}`.trim() : content;

/** @param {{idea: import("./reading.js").Idea | null, values: Record<string, string>, change: (some: Record<string, string>) => void}} props */
export function IdeaForm({ idea, values, change }) {
  const [errors, setErrors] = useState(/** @type {Record<string, string>} */ ({}));
  const [asking, setAsking] = useState(false);
  const form = useRef(null);
  const { failure, sending, send, fail } = useSending(values, change);
  const models = useModels();
  const put = (content) => {
    const before = { content: values.content, title: values.title };
    setErrors({});
    change({ content, title: "" });
    if (before.content.trim()) showToast(t("form.replaced"), { action: t("undo"), onAction: () => change(before) });
  };
  const [system, setSystem] = useState(/** @type {import("./importing.js").Given[] | null} */ (null));
  const { over, handlers, take } = useFiles(put, setSystem, fail);
  const submit = async (event) => {
    event.preventDefault();
    const gaps = findGaps(values);
    setErrors(gaps);
    if (Object.keys(gaps).length) return form.current.querySelector(`[name="${Object.keys(gaps)[0]}"]`)?.focus();
    const read = isShort(values.content) ? await api.readIdea(values.content).catch(() => null) : null;
    // Answers are worded in the language of the page, so only such ideas are asked about.
    if (read && !read.requirements && read.language === language) return setAsking(true);
    return send(values.content);
  };
  const onAnswer = (sentences) => {
    const content = [values.content.trim(), ...sentences].join("\n");
    change({ content });
    send(content);
  };
  const estimate = useEstimate(
    idea && !Object.keys(findGaps(values)).length ? toBrief({ ...values, effort: "" }, idea) : null,
  );
  if (system)
    return html`<${Importing} files=${system} idea=${values.content.trim() ? idea : null} model=${values.model} onBack=${() => setSystem(null)} />`;
  if (asking)
    return html`<div class="idea"><${Questions} onAnswer=${onAnswer} onBack=${() => setAsking(false)} sending=${sending} />
      ${failure && html`<p class="notice error" role="alert">${failure}</p>`}</div>`;
  return html`<form class=${over ? "idea over" : "idea"} ref=${form} noValidate onSubmit=${submit}
      onKeyDown=${(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && submit(event)} ...${handlers}>
    <${TextField} name="content" label=${t("form.content")} value=${values.content} error=${errors.content} limit=${limitOf("idea_file")} rows=${9} required=${true}
      placeholder=${t("form.content.placeholder")} onValue=${(content) => change({ content })} />
    <${FilePicker} onFiles=${take} />
    <${TextField} name="title" label=${t("form.title")} value=${values.title} error=${errors.title} limit=${limitOf("title")} placeholder=${idea?.title || t("form.title.placeholder")} onValue=${(title) => change({ title })} />
    <${ModelLine} models=${models} value=${values.model} onValue=${(model) => change({ model })} />
    <${Options} values=${values} errors=${errors} change=${change} estimate=${estimate} />
    <${EffortChoice} offline=${isOffline(models, values.model)} value=${values.effort} estimate=${estimate} onValue=${(effort) => change({ effort })} />
    ${failure && html`<p class="notice error" role="alert">${failure}</p>`}
    <div class="form-send"><button class="button primary large" type="submit" disabled=${sending}><${Icon} name="spark" /><span>${t(sending ? "form.sending" : "form.send")}</span></button><span class="hint shortcut">${t("form.shortcut")}</span></div>
  </form>`;
}

/** The draft of the form, with the text in one piece. @returns {[Record<string, string>, (some: Record<string, string>) => void]} */
export function useIdeaDraft() {
  const [values, change] = useDraft(FIELDS);
  useEffect(() => {
    const before = sessionStorage.getItem(REPLACED);
    sessionStorage.removeItem(REPLACED);
    if (before) showToast(t("form.replaced"), { action: t("undo"), onAction: () => change({ content: before }) });
  }, []);
  if (values.requirements) change({ content: wholeText(values), requirements: "" });
  return [values, change];
}
