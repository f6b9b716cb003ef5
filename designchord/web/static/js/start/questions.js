/** A few questions before a short idea is begun; what is answered becomes a part of the idea, in words. */
import { html, useRef, useState, useEffect } from "../dom.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";

/** Fewer words than this leave too much open. */
const FEW_WORDS = 40;

const QUESTIONS = ["who", "keep", "sign_in", "pay", "notify", "rule"];
/** What can be chosen by a button; the others are answered in one's own words. */
const CHOICES = {
  who: ["customers", "members", "staff", "admin"],
  sign_in: ["yes", "no"],
  pay: ["yes", "no"],
  notify: ["email", "sms", "no"],
};

/** @param {string} text */
export const isShort = (text) => text.trim().split(/\s+/).length < FEW_WORDS;

/** The answers as sentences of the idea. @param {Record<string, string[]>} chosen @param {Record<string, string>} own */
export function wordAnswers(chosen, own) {
  return QUESTIONS.flatMap((question) => {
    const picked = (chosen[question] ?? []).filter((choice) => choice !== "no");
    const words = (own[question] ?? "").trim().replace(/[.。]$/, "");
    if (question === "who") {
      const all = [...picked.map((choice) => t(`ask.who.${choice}`)), ...(words ? [words] : [])];
      return all.length ? [t("ask.who.says", { what: all.join(", ") })] : [];
    }
    if (CHOICES[question]) return picked.map((choice) => t(`ask.${question}.${choice}.says`));
    return words ? [question === "keep" ? t("ask.keep.says", { what: words }) : `${words}.`] : [];
  });
}

function Question({ name, chosen, own, onChoose, onOwn }) {
  const choices = CHOICES[name] ?? [];
  const free = name === "who" || !choices.length;
  return html`<fieldset class="question"><legend class="label">${t(`ask.${name}`)}</legend>
    <div class="chips">${choices.map(
      (choice) =>
        html`<button class="chip" type="button" aria-pressed=${String(chosen.includes(choice))} onClick=${() => onChoose(choice)}>${t(`ask.${name}.${choice}`)}</button>`,
    )}
    ${free && html`<input class="field" type="text" aria-label=${t(`ask.${name}`)} placeholder=${t(`ask.${name}.placeholder`)} value=${own} onInput=${(event) => onOwn(event.target.value)} />`}</div>
  </fieldset>`;
}

/** @param {{onAnswer: (sentences: string[]) => void, onBack: () => void, sending: boolean}} props */
export function Questions({ onAnswer, onBack, sending }) {
  const [chosen, setChosen] = useState(/** @type {Record<string, string[]>} */ ({}));
  const [own, setOwn] = useState(/** @type {Record<string, string>} */ ({}));
  const title = useRef(null);
  useEffect(() => title.current.focus(), []);
  const choose = (name) => (choice) =>
    setChosen((last) => {
      const now = last[name] ?? [];
      if (now.includes(choice)) return { ...last, [name]: now.filter((one) => one !== choice) };
      return { ...last, [name]: name === "who" ? [...now, choice] : [choice] };
    });
  return html`<section class="questions" aria-labelledby="questions-title">
    <h2 id="questions-title" tabindex="-1" ref=${title}>${t("ask.title")}</h2>
    <p class="hint">${t("ask.hint")}</p>
    ${QUESTIONS.map(
      (
        name,
      ) => html`<${Question} key=${name} name=${name} chosen=${chosen[name] ?? []} own=${own[name] ?? ""} onChoose=${choose(name)}
        onOwn=${(value) => setOwn((last) => ({ ...last, [name]: value }))} />`,
    )}
    <div class="form-send">
      <button class="button primary large" type="button" disabled=${sending} onClick=${() => onAnswer(wordAnswers(chosen, own))}><${Icon} name="spark" /><span>${t(sending ? "form.sending" : "form.send")}</span></button>
      <button class="button quiet" type="button" disabled=${sending} onClick=${() => onAnswer([])}>${t("ask.skip")}</button>
      <button class="button quiet" type="button" onClick=${onBack}>${t("ask.back")}</button>
    </div>
  </section>`;
}
