/** The form that starts a design. It never loses what was typed and says in place what is missing. */
import { ApiError, api } from "../api.js";
import { labelOf, limitOf, selectableKinds } from "../catalogue.js";
import { html, useRef, useState } from "../dom.js";
import { describeFailure } from "../failure.js";
import { formatLanguage } from "../format.js";
import { t, tOr } from "../i18n.js";
import { Icon } from "../icons.js";
import { forgetKey, idempotencyKey, useDraft } from "./draft.js";
import { Choice, TextField } from "./fields.js";
import { EffortChoice, useEstimate } from "./estimate.js";
import { readIdea } from "./idea_file.js";
import { ModelChoice } from "./models.js";

const FIELDS = ["title", "content", "requirements", "language", "model", "effort", "without"];
const TEXTS = /** @type {const} */ (["title", "content", "requirements"]);
/** Languages to choose from; left alone, the server takes that of the text. */
const LANGUAGES = ["ko", "en"];

/** What is missing, by field. */
function findGaps(values) {
  /** @type {Record<string, string>} */
  const gaps = {};
  if (!values.title.trim()) gaps.title = t("form.titleMissing");
  if (!values.content.trim() && !values.requirements.trim()) gaps.content = t("form.contentMissing");
  for (const name of TEXTS) {
    if (values[name].length > limitOf(name)) gaps[name] = t("form.tooLong", { n: limitOf(name) });
  }
  if (chosenKinds(values).length === 0) gaps.kinds = t("form.kindsMissing");
  return gaps;
}

const chosenKinds = ({ without }) => selectableKinds().filter((kind) => !without.split(" ").includes(kind));

function toBrief(values) {
  const kinds = chosenKinds(values);
  return {
    title: values.title.trim(),
    content: values.content.trim(),
    requirements: values.requirements.trim(),
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

/** Dropped or chosen Markdown becomes the three texts. */
function useIdeaFile(onIdea, onFailure) {
  const [over, setOver] = useState(false);
  const take = async (file) => {
    if (!file) return;
    if (file.size > limitOf("idea_file"))
      onFailure(t("form.fileTooLarge", { n: Math.floor(limitOf("idea_file") / 1000) }));
    else onIdea(readIdea(await file.text()));
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
      take(event.dataTransfer.files[0]);
    },
  };
  return { over, handlers, take };
}

/** Text pasted into the empty form that looks like a whole idea fills all of it. */
function ideaFromPaste(event, values) {
  if (values.title || values.content || values.requirements) return null;
  const text = event.clipboardData.getData("text/plain");
  return /^\s*#\s+\S/.test(text) ? readIdea(text) : null;
}

function FilePicker({ onFile }) {
  const input = useRef(null);
  return html`<p class="file-line hint">
    <button class="link" type="button" onClick=${() => input.current.click()}>${t("form.openFile")}</button> ${t("form.orDrop")}
    <input ref=${input} type="file" accept=".md,.markdown,.txt,text/markdown,text/plain" hidden onChange=${(event) => onFile(event.target.files[0])} />
  </p>`;
}

function showFailure(error, setErrors, setFailure) {
  const field = error instanceof ApiError ? error.details.field : null;
  if (TEXTS.includes(field)) setErrors({ [field]: tOr(`error.${error.code}`, error.message) });
  setFailure(describeFailure(error));
}

/** @param {{examples: object[]}} props */
export function IdeaForm({ examples }) {
  const [values, change] = useDraft(FIELDS);
  const [errors, setErrors] = useState(/** @type {Record<string, string>} */ ({}));
  const [failure, setFailure] = useState("");
  const [sending, setSending] = useState(false);
  const form = useRef(null);
  const fill = (idea) => {
    setErrors({});
    change(idea);
  };
  const { over, handlers, take } = useIdeaFile(fill, setFailure);
  const send = async (event) => {
    event.preventDefault();
    const gaps = findGaps(values);
    setErrors(gaps);
    setFailure("");
    if (Object.keys(gaps).length) return form.current.querySelector(`[name="${Object.keys(gaps)[0]}"]`)?.focus();
    setSending(true);
    try {
      const brief = toBrief(values);
      const design = await api.startDesign(brief, idempotencyKey(brief));
      forgetKey();
      change({ title: "", content: "", requirements: "" });
      location.assign(`/designs/${design.id}/`);
    } catch (error) {
      showFailure(error, setErrors, setFailure);
      setSending(false);
    }
    return undefined;
  };
  const onPaste = (event) => {
    const idea = ideaFromPaste(event, values);
    if (!idea) return;
    event.preventDefault();
    fill(idea);
  };
  const estimate = useEstimate(Object.keys(findGaps(values)).length ? null : toBrief({ ...values, effort: "" }));
  const field = (name, rest) =>
    html`<${TextField} name=${name} label=${t(`form.${name}`)} value=${values[name]} error=${errors[name]} limit=${limitOf(name)} onValue=${(value) => change({ [name]: value })} ...${rest} />`;
  return html`<form class=${over ? "idea over" : "idea"} ref=${form} noValidate onSubmit=${send} onPaste=${onPaste}
      onKeyDown=${(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && send(event)} ...${handlers}>
    <${Examples} examples=${examples} onChoose=${fill} />
    ${field("title", { required: true, placeholder: t("form.title.placeholder") })}
    ${field("content", { rows: 6, required: true, placeholder: t("form.content.placeholder") })}
    ${field("requirements", { rows: 6, placeholder: t("form.requirements.placeholder"), hint: t("form.requirements.hint") })}
    <${FilePicker} onFile=${take} />
    <${KindChoice} values=${values} error=${errors.kinds} onChange=${change} />
    <div class="form-pair">
      <${Choice} name="language" label=${t("form.language")} value=${values.language} onValue=${(value) => change({ language: value })}
        options=${[
          {
            value: "",
            label:
              estimate && !values.language
                ? t("form.language.detected", { name: formatLanguage(estimate.language) })
                : t("form.language.auto"),
          },
          ...LANGUAGES.map((tag) => ({ value: tag, label: formatLanguage(tag) })),
        ]} />
      <${ModelChoice} value=${values.model} onValue=${(value) => change({ model: value })} />
    </div>
    <${EffortChoice} value=${values.effort} estimate=${estimate} onValue=${(effort) => change({ effort })} />
    ${failure && html`<p class="notice error" role="alert">${failure}</p>`}
    <div class="form-send"><button class="button primary large" type="submit" disabled=${sending}><${Icon} name="spark" /><span>${t(sending ? "form.sending" : "form.send")}</span></button>
      <span class="hint">${t("form.shortcut")}</span></div>
  </form>`;
}

function Examples({ examples, onChoose }) {
  if (!examples.length) return null;
  const choose = ({ title, content, requirements }) => onChoose({ title, content, requirements });
  return html`<div class="examples"><span class="hint" id="examples">${t("form.examples")}</span>
    <ul aria-labelledby="examples">${examples.map(
      (example) =>
        html`<li><button class="chip" type="button" lang=${example.language} onClick=${() => choose(example)}>${example.title}</button></li>`,
    )}</ul></div>`;
}
