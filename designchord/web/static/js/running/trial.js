/** Trying an API against a mock of the design: a request is chosen, filled in, sent, and answered. */
import { api } from "../api.js";
import { classes, html, useEffect, useState } from "../dom.js";
import { describeFailure } from "../failure.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";
import { Sandbox } from "./sandbox.js";

/** @typedef {{request: Tried, answer: TriedAnswer}} Exchange */

/** The sandbox outlives the panel, and begins anew with another version of the design. */
const kept = { version: "", sandbox: /** @type {Sandbox | null} */ (null), exchanges: /** @type {Exchange[]} */ ([]) };

function useSandbox(designId, version) {
  const [failure, setFailure] = useState("");
  const [sandbox, setSandbox] = useState(kept.version === version ? kept.sandbox : null);
  useEffect(() => {
    if (kept.version === version && kept.sandbox) return undefined;
    const abort = new AbortController();
    setSandbox(null);
    api
      .readMock(designId, abort.signal)
      .then((offer) => {
        Object.assign(kept, { version, sandbox: new Sandbox(designId, offer), exchanges: [] });
        setFailure("");
        setSandbox(kept.sandbox);
      })
      .catch((error) => error.name === "AbortError" || setFailure(describeFailure(error)));
    return () => abort.abort();
  }, [designId, version]);
  return { sandbox, failure };
}

/** @param {Sandbox} sandbox @param {Operation} operation */
const filledIn = (sandbox, operation) => ({
  values: sandbox.parametersOf(operation),
  token: sandbox.callerOf(operation),
  body: sandbox.bodyOf(operation),
  answer: /** @type {number | null} */ (null),
});

const written = (body) => (typeof body === "string" ? body : JSON.stringify(body, null, 2));

/** @param {{exchange: Exchange}} props */
function Answered({ exchange: { request, answer } }) {
  return html`<p class="trial-line"><span class=${classes("badge", answer.status >= 400 && "error")}>${answer.status}</span> <code>${request.method} ${request.target}</code></p>
    ${answer.body === null ? html`<p class="hint">${t("trial.noBody")}</p>` : html`<pre class="run-body">${written(answer.body)}</pre>`}`;
}

/** @param {{sandbox: Sandbox, wish: ReturnType<typeof filledIn>, onChange: (change: object) => void, operation: Operation}} props */
function Fields({ sandbox, operation, wish, onChange }) {
  const callers = [
    ["", t("trial.nobody")],
    ...sandbox.offer.actors.map(({ label, token }) => [token, label]),
    ...(sandbox.token ? [[sandbox.token, t("trial.loggedIn")]] : []),
  ];
  return html`${operation.parameters.map(
    ({
      name,
      required,
    }) => html`<label key=${name} class="trial-field"><span class="label">${name}${required && html`<span class="hint"> ${t("trial.required")}</span>`}</span>
      <input class="field" value=${wish.values[name]} required=${required} onInput=${(event) => onChange({ values: { ...wish.values, [name]: event.target.value } })} /></label>`,
  )}
    <label class="trial-field"><span class="label">${t("trial.caller")}</span>
      <select class="field" value=${wish.token} onChange=${(event) => onChange({ token: event.target.value })}>${callers.map(([token, label]) => html`<option key=${token} value=${token}>${label}</option>`)}</select></label>
    ${
      operation.refusals.length > 0 &&
      html`<label class="trial-field"><span class="label">${t("trial.answer")}</span>
      <select class="field" value=${String(wish.answer ?? "")} onChange=${(event) => onChange({ answer: Number(event.target.value) || null })}>
        <option value="">${t("trial.byRules")}</option>${operation.refusals.map((status) => html`<option key=${status} value=${String(status)}>${status}</option>`)}</select></label>`
    }
    ${
      operation.body !== null &&
      html`<label class="trial-field whole"><span class="label">${t("trial.body")}</span>
      <textarea class="field trial-body" spellcheck=${false} maxlength=${sandbox.offer.limits.body} value=${wish.body} onInput=${(event) => onChange({ body: event.target.value })}></textarea></label>`
    }`;
}

/** @param {{sandbox: Sandbox, first: string}} props `first`: the operation to begin with */
function Bench({ sandbox, first }) {
  const { operations, limits } = sandbox.offer;
  const [chosen, setChosen] = useState(operations.some(({ id }) => id === first) ? first : operations[0].id);
  const operation = operations.find(({ id }) => id === chosen) ?? operations[0];
  const [wish, setWish] = useState(() => filledIn(sandbox, operation));
  const [exchanges, setExchanges] = useState(kept.exchanges);
  const [state, setState] = useState({ busy: false, failure: "" });
  const choose = (id) => {
    setChosen(id);
    setWish(filledIn(sandbox, operations.find((one) => one.id === id) ?? operation));
  };
  const show = (next) => {
    kept.exchanges = next;
    setExchanges(next);
  };
  const send = async (event) => {
    event.preventDefault();
    setState({ busy: true, failure: "" });
    try {
      const exchange = await sandbox.ask(operation, wish);
      show([exchange, ...kept.exchanges].slice(0, 20));
      setState({ busy: false, failure: "" });
    } catch (error) {
      setState({ busy: false, failure: describeFailure(error) });
    }
  };
  const beginAgain = () => {
    sandbox.begin();
    show([]);
    setWish(filledIn(sandbox, operation));
  };
  const [newest, ...earlier] = exchanges;
  return html`<form class="trial-form" onSubmit=${send} aria-label=${t("trial")}>
      <label class="trial-field whole"><span class="label">${t("trial.operation")}</span>
        <select class="field" value=${chosen} onChange=${(event) => choose(event.target.value)}>${operations.map(({ id, method, path, summary }) => html`<option key=${id} value=${id}>${method} ${path}${summary && ` – ${summary}`}</option>`)}</select></label>
      <${Fields} sandbox=${sandbox} operation=${operation} wish=${wish} onChange=${(change) => setWish({ ...wish, ...change })} />
      <div class="actions whole"><button class="button primary" type="submit" disabled=${state.busy}>${t("trial.send")}</button>
        <button class="button" type="button" disabled=${!exchanges.length} onClick=${beginAgain}><${Icon} name="retry" /><span>${t("trial.again")}</span></button>
        <span class="hint">${t("trial.kept", { n: sandbox.before.length, most: limits.requests })}</span></div>
    </form>
    <section class="trial-answer" aria-label=${t("trial.answered")} aria-live="polite">
      ${state.failure && html`<p class="notice error">${state.failure}</p>`}
      ${newest ? html`<${Answered} exchange=${newest} />` : html`<p class="hint">${t("trial.none")}</p>`}</section>
    ${earlier.length > 0 && html`<details class="trial-earlier"><summary>${t("trial.earlier", { n: earlier.length })}</summary>${earlier.map((exchange, place) => html`<${Answered} key=${earlier.length - place} exchange=${exchange} />`)}</details>`}`;
}

/** @param {{designId: string, version: string, first?: string}} props */
export function Trial({ designId, version, first = "" }) {
  const { sandbox, failure } = useSandbox(designId, version);
  return html`<div class="trial"><p class="hint">${t("trial.hint")}</p>
    ${failure && html`<p class="notice warning">${failure}</p>`}
    ${!failure && !sandbox && html`<p class="hint" aria-busy="true">${t("loading")}</p>`}
    ${sandbox && (sandbox.offer.operations.length > 0 ? html`<${Bench} key=${version} sandbox=${sandbox} first=${first} />` : html`<p class="notice">${t("trial.nothing")}</p>`)}</div>`;
}
