/** The form that starts a design. It never loses what was typed and says in place what is missing. */
import { ApiError, api } from "../api.js";
import { html, useRef, useState } from "../dom.js";
import { describeFailure } from "../failure.js";
import { language, t, tOr } from "../i18n.js";
import { Icon } from "../icons.js";
import { forgetKey, idempotencyKey, useDraft } from "./draft.js";
import { Choice, TextField } from "./fields.js";
import { EstimateLine } from "./estimate.js";
import { readIdea } from "./idea_file.js";
import { ModelChoice } from "./models.js";

const FIELDS = ["title", "content", "requirements", "language", "model", "without"];
const LIMITS = { title: 200, content: 100_000, requirements: 100_000 };
const LARGEST_FILE = 200_000;
const KINDS = ["document", "sequence", "erd", "api"];
const HANGUL = /\p{Script=Hangul}/u;

/** What is missing, by field. */
function findGaps(values) {
  const gaps = {};
  if (!values.title.trim()) gaps.title = t("form.titleMissing");
  if (!values.content.trim() && !values.requirements.trim()) gaps.content = t("form.contentMissing");
  for (const [name, limit] of Object.entries(LIMITS)) {
    if (values[name].length > limit) gaps[name] = t("form.tooLong", { n: limit });
  }
  if (chosenKinds(values).length === 0) gaps.kinds = t("form.kindsMissing");
  return gaps;
}

const chosenKinds = ({ without }) => KINDS.filter((kind) => !without.split(" ").includes(kind));

/** The language of the design: as chosen, else as it is written, else that of the page. */
function languageOf(values) {
  if (values.language) return values.language;
  const text = values.title + values.content + values.requirements;
  return text ? (HANGUL.test(text) ? "ko" : "en") : language;
}

function toBrief(values) {
  const kinds = chosenKinds(values);
  return {
    title: values.title.trim(),
    content: values.content.trim(),
    requirements: values.requirements.trim(),
    language: languageOf(values),
    ...(kinds.length < KINDS.length ? { kinds } : {}),
    ...(values.model ? { model: values.model } : {}),
  };
}

function KindChoice({ values, error, onChange }) {
  const chosen = chosenKinds(values);
  const toggle = (kind) => {
    const next = chosen.includes(kind) ? chosen.filter((name) => name !== kind) : [...chosen, kind];
    onChange({ without: KINDS.filter((name) => !next.includes(name)).join(" ") });
  };
  return html`<fieldset class="form-row kinds"><legend class="label">${t("form.kinds")}</legend>
    <div class="kind-list">${KINDS.map(
      (kind) => html`<label class="check"><input type="checkbox" name="kinds" value=${kind} checked=${chosen.includes(kind)} onChange=${() => toggle(kind)} /><span>${t(`kind.${kind}`)}</span></label>`,
    )}</div>
    ${error && html`<p class="field-error">${error}</p>`}
  </fieldset>`;
}

/** Dropped or chosen Markdown becomes the three texts. */
function useIdeaFile(onIdea, onFailure) {
  const [over, setOver] = useState(false);
  const take = async (file) => {
    if (!file) return;
    if (file.size > LARGEST_FILE) onFailure(t("form.fileTooLarge"));
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
  if (field in LIMITS) setErrors({ [field]: tOr(`error.${error.code}`, error.message) });
  setFailure(describeFailure(error));
}

/** @param {{examples: object[]}} props */
export function IdeaForm({ examples }) {
  const [values, change] = useDraft(FIELDS);
  const [errors, setErrors] = useState({});
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
  const field = (name, rest) =>
    html`<${TextField} name=${name} label=${t(`form.${name}`)} value=${values[name]} error=${errors[name]} limit=${LIMITS[name]} onValue=${(value) => change({ [name]: value })} ...${rest} />`;
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
        options=${[{ value: "", label: t("form.language.auto", { name: t(`language.${languageOf({ ...values, language: "" })}`) }) }, ...["ko", "en"].map((tag) => ({ value: tag, label: t(`language.${tag}`) }))]} />
      <${ModelChoice} value=${values.model} onValue=${(value) => change({ model: value })} />
    </div>
    <${EstimateLine} brief=${Object.keys(findGaps(values)).length ? null : toBrief(values)} />
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
      (example) => html`<li><button class="chip" type="button" lang=${example.language} onClick=${() => choose(example)}>${example.title}</button></li>`,
    )}</ul></div>`;
}
