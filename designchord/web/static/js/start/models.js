/** Which models can be asked, and why the others cannot. */
import { api } from "../api.js";
import { useEffect, useState } from "../dom.js";
import { t, tOr } from "../i18n.js";

const listOf = (answer) => answer?.models ?? answer?.items ?? answer?.providers ?? [];

/** @returns {{models: object[], standard: string | null}} */
export function useModels() {
  const [state, setState] = useState({ models: [], standard: null });
  useEffect(() => {
    api
      .listModels()
      .then((answer) => setState({ models: listOf(answer), standard: answer?.default ?? null }))
      .catch(() => null);
  }, []);
  return state;
}

const nameOf = (model) => model.name ?? model.model ?? model.id ?? model.provider;

/** @param {ReturnType<typeof useModels>} state */
export function modelOptions({ models, standard }) {
  const first = { value: "", label: standard ? t("model.standard", { name: standard }) : t("model.any") };
  const rest = models.map((model) => {
    const why = model.ready ? "" : ` – ${tOr(`model.${model.reason}`, model.message ?? model.reason ?? t("model.notReady"))}`;
    return { value: model.model ?? nameOf(model), label: `${nameOf(model)}${why}`, disabled: !model.ready };
  });
  return [first, ...rest];
}
