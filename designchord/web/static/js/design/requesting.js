/**
 * Words for what should become different. What rules read is shown at once; what a model reads is a request of its own:
 * one sees how far it is, may let it go, and finds it again after a reload.
 */
import { api } from "../api.js";
import { html, useEffect, useRef, useState } from "../dom.js";
import { attempt, describeFailure } from "../failure.js";
import { formatSeconds, formatTokens, toTime } from "../format.js";
import { t, tOr } from "../i18n.js";
import { useNow } from "./bursts.js";
import { ChangeDialog } from "./changes.js";
import { isPending, phaseOf } from "./items.js";
import { useStore } from "./store.js";

/** About how many tokens a text has, as the server estimates it. @param {string} text */
export function estimateTokens(text) {
  const ascii = text.replace(/[^\0-\x7f]/gu, "").length;
  return Math.ceil(ascii / 4) + Math.ceil(((text.length - ascii) * 2) / 3);
}

/** What the model asks back, to be answered once. */
function Question({ question, onAnswer }) {
  const [answer, setAnswer] = useState("");
  const send = (event) => {
    event.preventDefault();
    onAnswer(answer.trim());
  };
  return html`<form class="notice ask-back" onSubmit=${send}><label for="ask-back"><strong>${t("change.question")}</strong> ${question}</label>
    <input id="ask-back" class="input" type="text" value=${answer} maxlength="2000" onInput=${(event) => setAnswer(event.target.value)} />
    <button class="button" type="submit" disabled=${!answer.trim()}>${t("change.answer")}</button></form>`;
}

/** How far the model is, and a way not to wait for it any more. */
function Reading({ request, live, onDismiss }) {
  const text = useStore(live.storeOf(`request/${request.id}`));
  const now = useNow(true);
  const began = toTime(request.started_at);
  const phase = request.state === "ready" ? t("step.ready") : phaseOf(request);
  return html`<div class="notice request"><p><span role="status">${t("change.reading", { words: request.words })} ${phase}</span>
      <span class="hint">${[text && formatTokens(estimateTokens(text)), began && formatSeconds(Math.max(0, now - began) / 1000)].filter(Boolean).join(" · ")}</span></p>
    <button class="button" type="button" onClick=${onDismiss}>${t("cancel")}</button></div>`;
}

function Failed({ request, onDismiss }) {
  const why = request.error && tOr(`error.${request.error.code}`, request.error.message);
  return html`<div class="notice warning request" role="alert"><p>${t("change.unread", { words: request.words })} ${why}</p>
    <button class="button" type="button" onClick=${onDismiss}>${t("dismiss")}</button></div>`;
}

/** What a model proposes: at once where one has waited for it, else when one asks to see it. */
function Proposed({ designId, request, waited, onAnswer, onDismiss, onDone }) {
  const [open, setOpen] = useState(waited);
  const [proposal, setProposal] = useState(/** @type {Proposal | null} */ (null));
  const { id, words, question } = request;
  useEffect(() => {
    if (!open) return setProposal(null);
    const abort = new AbortController();
    attempt(async () => setProposal((await api.readRequest(designId, id, abort.signal)).proposal));
    return () => abort.abort();
  }, [open, id]);
  if (question) return html`<${Question} question=${question} onAnswer=${onAnswer} />`;
  return html`<div class="notice request"><p>${t("change.read", { words })}</p>
      <button class="button" type="button" onClick=${() => setOpen(true)}>${t("change.preview")}</button>
      <button class="button" type="button" onClick=${onDismiss}>${t("dismiss")}</button></div>
    ${open && proposal && html`<${ChangeDialog} designId=${designId} proposal=${proposal} why=${words} request=${id} onDone=${onDone} onClose=${() => setOpen(false)} />`}`;
}

/**
 * The newest request that nobody has let go; `posted` is one that this page has sent and not yet heard of.
 * @param {OpenRequest[]} requests
 */
function useRequest(designId, requests) {
  const [posted, setPosted] = useState(/** @type {OpenRequest | null} */ (null));
  const known = Boolean(posted) && requests.some(({ id }) => id === posted?.id);
  const waited = useRef(/** @type {string} */ (""));
  useEffect(() => {
    if (known) setPosted(null);
  }, [known]);
  const current = requests.at(-1) ?? posted;
  const post = (/** @type {OpenRequest} */ request) => {
    waited.current = request.id;
    setPosted(request);
  };
  const dismiss = () => {
    setPosted(null);
    return current ? attempt(() => api.dismissRequest(designId, current.id)) : undefined;
  };
  return { current, post, dismiss, waited: Boolean(current) && waited.current === current?.id };
}

/**
 * @param {{designId: string, requests: OpenRequest[], live: LiveText, first?: string}} props `first`: words to begin with
 */
export function AskForChange({ designId, requests, live, first = "" }) {
  const [words, setWords] = useState(first);
  const [problem, setProblem] = useState("");
  const [proposal, setProposal] = useState(/** @type {Proposal | null} */ (null));
  const [busy, setBusy] = useState(false);
  const button = useRef(null);
  const { current, post, dismiss, waited } = useRequest(designId, requests);
  useEffect(() => {
    if (first) button.current.focus();
  }, []);
  const ask = async (wish) => {
    setBusy(true);
    setProblem("");
    try {
      if (current) await dismiss();
      const found = await api.change(designId, wish);
      if (found.operations) setProposal(found);
      else post(found);
    } catch (error) {
      setProblem(describeFailure(error));
    }
    setBusy(false);
  };
  const send = (event) => {
    event.preventDefault();
    ask({ words });
  };
  const pending = current !== null && isPending(current);
  const about = { designId, request: current, live, onDismiss: dismiss };
  return html`<form class="ask-change" onSubmit=${send}>
    <label class="sr" for="ask-change">${t("change.ask")}</label>
    <input id="ask-change" class="input" type="text" value=${words} placeholder=${t("change.placeholder")} maxlength="10000" onInput=${(event) => setWords(event.target.value)} />
    <button class="button" type="submit" ref=${button} disabled=${busy || !words.trim() || pending}>${t("change.preview")}</button>
    ${problem && html`<p class="notice warning" role="alert">${problem}</p>`}
    ${proposal && html`<${ChangeDialog} designId=${designId} proposal=${proposal} why=${words} onDone=${() => setWords("")} onClose=${() => setProposal(null)} />`}
  </form>
  ${current && pending && html`<${Reading} key=${current.id} ...${about} />`}
  ${current?.state === "failed" && html`<${Failed} ...${about} />`}
  ${current?.state === "done" && html`<${Proposed} key=${current.id} ...${about} waited=${waited} onDone=${() => setWords("")} onAnswer=${(answer) => ask({ words: current.words, answered: { question: current.question, answer } })} />`}`;
}
