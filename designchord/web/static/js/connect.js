/** Connect a model: servers of this machine are found, else a key is taken, tried with one word, and kept if wished. */
import { ApiError, api } from "./api.js";
import { html, useEffect, useRef, useState } from "./dom.js";
import { describeFailure } from "./failure.js";
import { formatSeconds } from "./format.js";
import { t } from "./i18n.js";
import { Icon } from "./icons.js";

/** What is connected, and what could be; `allowed` is false where only the operator may. */
export function useConnection() {
  const [state, setState] = useState(/** @type {any} */ (null));
  const load = () =>
    Promise.all([api.readConnection(), api.listModels()])
      .then(([connection, models]) => setState({ ...connection, models }))
      .catch(() => null);
  useEffect(() => void load(), []);
  return { state, load };
}

/** Servers that answer on this machine already. */
const foundHere = ({ models, providers }) =>
  models.items.filter(
    ({ provider, ready, models: names }) =>
      ready && names.length > 0 && providers.some((one) => one.provider === provider && !one.key_needed),
  );

function Found({ servers, onTry, busy }) {
  if (!servers.length) return html`<p class="hint">${t("connect.noneFound")}</p>`;
  return html`<ul class="plain found">${servers.map(
    ({ provider, title, models }) => html`<li><strong>${title}</strong>
      ${models.slice(0, 6).map((model) => html` <button class="button" type="button" disabled=${busy} onClick=${() => onTry({ provider, model })}>${model}</button>`)}</li>`,
  )}</ul>`;
}

function KeyForm({ providers, onTry, busy }) {
  const [values, setValues] = useState({
    provider: providers[0].provider,
    key: "",
    model: "",
    url: "",
    remember: false,
  });
  const set = (some) => setValues((last) => ({ ...last, ...some }));
  const chosen = providers.find(({ provider }) => provider === values.provider) ?? providers[0];
  const send = (event) => {
    event.preventDefault();
    const { key, ...rest } = values;
    onTry({ ...rest, ...(key.trim() ? { key: key.trim() } : {}) });
    set({ key: "" });
  };
  const text = (name, type, rest) =>
    html`<label class="label" for=${`connect-${name}`}>${t(`connect.${name}`)}</label><input id=${`connect-${name}`} class="field" type=${type} value=${values[name]} autocomplete="off" spellcheck="false"
      onInput=${(event) => set({ [name]: event.target.value })} ...${rest} />`;
  return html`<form class="connect-form" onSubmit=${send}>
    <label class="label" for="connect-provider">${t("connect.provider")}</label>
    <select id="connect-provider" class="field" value=${values.provider} onChange=${(event) => set({ provider: event.target.value, model: "", url: "" })}>
      ${providers.map(({ provider, title }) => html`<option value=${provider}>${title}</option>`)}</select>
    ${text("key", "password", { placeholder: chosen.key_needed ? "" : t("connect.optional") })}
    ${text("model", "text", { placeholder: chosen.model || t("connect.firstServed") })}
    ${text("url", "url", { placeholder: chosen.address || "https://…/v1" })}
    <label class="check"><input type="checkbox" checked=${values.remember} onChange=${(event) => set({ remember: event.target.checked })} /><span>${t("connect.remember")}</span></label>
    <p class="hint">${t(values.remember ? "connect.kept" : "connect.memory")}
      ${chosen.price && html` ${t("connect.price", { input: chosen.price[0], output: chosen.price[1] })}`}</p>
    <div class="actions"><button class="button primary" type="submit" disabled=${busy}>${t(busy ? "connect.trying" : "connect.try")}</button></div>
  </form>`;
}

/** @param {{onClose: () => void, onConnected?: (model: string) => void}} props */
export function ConnectDialog({ onClose, onConnected }) {
  const { state, load } = useConnection();
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState({ good: "", bad: "" });
  const dialog = useRef(null);
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  const run = async (work) => {
    setBusy(true);
    setTold({ good: "", bad: "" });
    try {
      setTold({ good: await work(), bad: "" });
      await load();
    } catch (error) {
      const why = error instanceof ApiError ? error.message : "";
      setTold({
        good: "",
        bad: [describeFailure(error), why].filter((one, place, all) => one && all.indexOf(one) === place).join(" "),
      });
    }
    setBusy(false);
  };
  const tryModel = (wish) =>
    run(async () => {
      const { model, seconds } = await api.connectModel(wish);
      onConnected?.(model);
      return t("connect.answered", { model, seconds: formatSeconds(seconds ?? 0) });
    });
  const forget = () =>
    run(async () => {
      await api.disconnectModel();
      onConnected?.("");
      return t("connect.forgotten");
    });
  return html`<dialog class="dialog" ref=${dialog} aria-labelledby="connect-title" onClose=${onClose}>
    <header class="dialog-head"><h2 id="connect-title">${t("connect.title")}</h2>
      <button class="button quiet square" type="button" aria-label=${t("close")} onClick=${() => dialog.current.close()}><${Icon} name="cross" /></button></header>
    ${!state && html`<p class="hint">${t("loading")}</p>`}
    ${state && !state.allowed && html`<p class="notice">${t("connect.notAllowed")}</p>`}
    <div role="status" aria-live="polite">${told.good && html`<p class="notice good">${told.good}</p>`}${told.bad && html`<p class="notice error">${told.bad}</p>`}</div>
    ${
      state?.connected &&
      html`<p class="notice"><span>${t("connect.now", { model: [state.connected.provider, state.connected.model].filter(Boolean).join(":") })}
      ${state.connected.has_key && html` ${t(state.connected.remembered ? "connect.keyKept" : "connect.keyMemory")}`}</span>
      <button class="button" type="button" disabled=${busy} onClick=${forget}>${t("connect.forget")}</button></p>`
    }
    ${
      state?.allowed &&
      html`<h3>${t("connect.found")}</h3><${Found} servers=${foundHere(state)} onTry=${tryModel} busy=${busy} />
      <h3>${t("connect.withKey")}</h3><${KeyForm} providers=${state.providers} onTry=${tryModel} busy=${busy} />`
    }
  </dialog>`;
}

/** @param {{label?: string, onConnected?: (model: string) => void, primary?: boolean}} props */
export function ConnectButton({ label, onConnected, primary = false }) {
  const [open, setOpen] = useState(false);
  return html`<button class=${primary ? "button primary" : "button"} type="button" onClick=${() => setOpen(true)}>${label ?? t("connect.open")}</button>
    ${open && html`<${ConnectDialog} onClose=${() => setOpen(false)} onConnected=${onConnected} />`}`;
}
