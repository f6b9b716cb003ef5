/** A design of a system that is there: its files are read by the server and shown before anything is made of them. */
import { api } from "../api.js";
import { html, useEffect, useRef, useState } from "../dom.js";
import { describeFailure } from "../failure.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";
import { idempotencyKey } from "./draft.js";
import { MOST_FILES } from "./dropped.js";
import { TextField } from "./fields.js";
import { limitOf } from "../catalogue.js";

/** A request holds a megabyte; larger systems are read by the command line. */
const MOST_BYTES = 900_000;
const MOST_ROWS = 8;

/** @typedef {{name: string, text: string}} Given */
/** @typedef {{file: string, line: number | null, code: string, message: string}} Remark */

/** The texts of files, with their folders. @param {import("./dropped.js").Named[]} files @returns {Promise<Given[]>} */
export async function readFiles(files) {
  if (files.length > MOST_FILES) throw new Error(t("import.tooMany", { n: MOST_FILES }));
  if (files.reduce((sum, { file }) => sum + file.size, 0) > MOST_BYTES) throw new Error(t("import.tooLarge"));
  return Promise.all(files.map(async ({ name, file }) => ({ name, text: await file.text() })));
}

const place = ({ file, line }) => `${file}${line ? `:${line}` : ""}`;

/** @param {{title: string, rows: string[], open?: boolean}} props */
function Told({ title, rows, open }) {
  const [all, setAll] = useState(false);
  if (!rows.length) return null;
  const shown = all ? rows : rows.slice(0, MOST_ROWS);
  return html`<details class="import-told" open=${open}><summary>${title} <span class="count">${rows.length}</span></summary>
    <ul>${shown.map((row) => html`<li>${row}</li>`)}</ul>
    ${shown.length < rows.length && html`<button class="link" type="button" onClick=${() => setAll(true)}>${t("list.more")}</button>`}</details>`;
}

function Found({ found }) {
  const counts = ["entities", "operations", "scenarios"].map((name) => t(`import.${name}`, { n: found[name] }));
  return html`<p><strong>${counts.join(", ")}</strong></p>
    <${Told} title=${t("import.read")} open=${true} rows=${found.read.map((one) => {
      const said = ["entities", "operations"]
        .filter((name) => one[name])
        .map((name) => t(`import.${name}`, { n: one[name] }));
      return `${one.name}: ${said.join(", ") || t("import.nothing")}`;
    })} />
    <${Told} title=${t("import.same")} rows=${found.same.map(({ name, other }) => `${name} = ${other}`)} />
    <${Told} title=${t("import.conflicts")} open=${true} rows=${found.conflicts.map((one) => `${place(one)} ${one.message}`)} />
    <${Told} title=${t("import.leftOut")} rows=${found.left_out.map(({ name, reason }) => `${name}: ${reason}`)} />
    <${Told} title=${t("import.notUnderstood")} rows=${found.not_understood.map((one) => `${place(one)} ${one.message}`)} />`;
}

/** What the server reads of files, and why it cannot. */
function usePreview(wish) {
  const [state, setState] = useState({ found: /** @type {any} */ (null), failure: "" });
  useEffect(() => {
    const leaving = new AbortController();
    api
      .previewImport(wish, leaving.signal)
      .then((found) => setState({ found, failure: "" }))
      .catch((error) => error.name === "AbortError" || setState({ found: null, failure: describeFailure(error) }));
    return () => leaving.abort();
  }, []);
  return state;
}

/**
 * @param {{files: Given[], idea: {content: string, requirements: string} | null, model: string, onBack: () => void}} props
 *   the idea in the form, if there is one, comes along: its requirements become the design's
 */
export function Importing({ files, idea, model, onBack }) {
  const wish = { files, ...(idea ? { content: idea.content, requirements: idea.requirements } : {}) };
  const { found, failure } = usePreview(wish);
  const [title, setTitle] = useState("");
  const [sending, setSending] = useState({ on: false, failure: "" });
  const heading = useRef(null);
  useEffect(() => heading.current.focus(), []);
  const make = async () => {
    setSending({ on: true, failure: "" });
    try {
      const whole = { ...wish, title: title.trim() || found.title, ...(model ? { model } : {}) };
      const design = await api.importSystem(whole, idempotencyKey(whole));
      location.assign(`/designs/${design.id}/`);
    } catch (error) {
      setSending({ on: false, failure: describeFailure(error) });
    }
  };
  const trouble = failure || sending.failure;
  return html`<section class="idea import" aria-labelledby="import-title" aria-busy=${String(!found && !failure)}>
    <h2 id="import-title" tabindex="-1" ref=${heading}>${t("import.title")}</h2>
    <p class="hint">${t(idea ? "import.withIdea" : "import.hint")}</p>
    ${!found && !failure && html`<p class="hint" role="status">${t("import.reading", { n: files.length })}</p>`}
    ${found && html`<${Found} found=${found} />`}
    ${found && html`<${TextField} name="title" label=${t("form.title")} value=${title} limit=${limitOf("title")} placeholder=${found.title} onValue=${setTitle} />`}
    ${trouble && html`<p class="notice error" role="alert">${trouble}</p>`}
    <div class="form-send">
      ${found && html`<button class="button primary large" type="button" disabled=${sending.on} onClick=${make}><${Icon} name="spark" /><span>${t(sending.on ? "form.sending" : "import.make")}</span></button>`}
      <button class="button quiet" type="button" onClick=${onBack}>${t("ask.back")}</button>
    </div>
  </section>`;
}
