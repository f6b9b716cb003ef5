/** Which models can be asked, and why the others cannot. */
import { api } from "../api.js";
import { html, useEffect, useState } from "../dom.js";
import { t } from "../i18n.js";
import { ConnectButton } from "../connect.js";
import { Choice } from "./fields.js";

const OFFLINE = "offline";

/** What can be asked here; `default` is null until that is known. */
export function useModels() {
  const [state, setState] = useState(
    /** @type {{items: any[], default: string | null}} */ ({ items: [], default: null }),
  );
  const load = () =>
    api
      .listModels()
      .then(setState)
      .catch(() => null);
  useEffect(() => void load(), []);
  return { ...state, load };
}

/** What can be chosen of a provider; one that names no models stands for its default. */
function optionsOf({ name, provider = name, title, models }) {
  if (provider === OFFLINE) return [{ value: OFFLINE, label: t("model.offline") }];
  if (!models.length) return [{ value: provider, label: title }];
  return models.map((model) => ({ value: `${provider}:${model}`, label: `${title} · ${model}` }));
}

/** Whether rules draft, for want of a model or by choice. */
export const isOffline = (models, chosen) => (chosen || models.default) === OFFLINE;

/** @param {{models: ReturnType<typeof useModels>, value: string, onValue: (value: string) => void}} props */
export function ModelLine({ models, value, onValue }) {
  const { items, default: standard, load } = models;
  const named = standard === OFFLINE ? t("model.offline") : t("model.standard", { name: standard ?? "" });
  const first = { value: "", label: standard ? named : t("model.any") };
  const ready = items
    .filter((item) => item.ready)
    .flatMap(optionsOf)
    .filter(({ value: name }) => name !== standard || name !== OFFLINE);
  // A model that was chosen earlier and is gone must not stay chosen unseen.
  const known = !items.length || !value || ready.some((option) => option.value === value);
  const connected = () => {
    onValue("");
    load();
  };
  return html`<div class="model-line">
    <${Choice} name="model" label=${t("form.model")} value=${known ? value : ""} options=${[first, ...ready]} onValue=${onValue} />
    <${ConnectButton} primary=${false} onConnected=${connected} />
  </div>`;
}
