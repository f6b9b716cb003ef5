/**
 * What the design takes for granted, as decisions: the few that change it most are asked as questions in the words of the
 * domain, the rest is grouped by what it is about and settled together.
 */
import { api } from "../api.js";
import { html, useState } from "../dom.js";
import { attempt } from "../failure.js";
import { t } from "../i18n.js";
import { withParticle } from "../particles.js";
import { showToast } from "../toast.js";
import { labelsOf, listOf, word } from "./plan.js";

const MOST_ASKED = 7;
/** What changes a design most comes first; attributes and refusals rarely do. */
const WEIGHTS = { entity: 0, actor: 1, relation: 2, operation: 3 };

/** @typedef {{id: string, text: string, about: {what: string, name: string}[]}} Assumption */

/** @param {Record<string, any>} plan @returns {Assumption[]} */
function readAssumptions(plan) {
  return listOf(plan.assumptions).map(({ id, text, about }) => ({
    id: word(id),
    text: word(text),
    about: word(about)
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean)
      .map((part) => ({ what: part.split(":")[0], name: part.slice(part.indexOf(":") + 1) })),
  }));
}

const weightOf = ({ about }) => Math.min(9, ...about.map(({ what }) => WEIGHTS[what] ?? 9));

const PARTICLES = ["은/는", "이/가", "을/를", "과/와"];

/** What a small assumption says, its attributes by what they are called instead of by their names. */
function wordsOf({ about, text }, names) {
  const attributes = about.filter(({ what }) => what === "attribute");
  return attributes.reduce((words, { name }) => {
    const label = names.get(`attribute:${name}`);
    const called = name.slice(name.indexOf(".") + 1).replace(/\W/g, "");
    if (!label || !called) return words;
    const here = new RegExp(`(?<![A-Za-z0-9_.])${called}(?![A-Za-z0-9_])([은는이가을를과와](?![\\p{L}]))?`, "gu");
    return words.replace(here, (_, particle) => {
      const pair = particle && PARTICLES.find((one) => one.includes(particle));
      return pair ? withParticle(label, pair) : label;
    });
  }, text);
}

/** The question behind an assumption; its own text where it is about nothing that has a name. */
function questionOf({ about, text }, names) {
  const first = about[0];
  if (!first || !(first.what in WEIGHTS)) return text;
  const called = (what) =>
    about.filter((one) => one.what === what).map((one) => names.get(`${what}:${one.name}`) ?? one.name);
  if (first.what === "relation") {
    const [one, many] = first.name.split("-").map((name) => names.get(`entity:${name}`) ?? name);
    return t("decide.relation", { one, many });
  }
  return t(`decide.${first.what}`, { what: called(first.what).join(", ") });
}

/** The entity that a small assumption belongs to. */
function homeOf({ about }, plan) {
  const first = about[0];
  if (!first) return "";
  if (first.what === "attribute") return first.name.split(".")[0];
  if (first.what === "entity") return first.name;
  if (first.what === "relation") return first.name.split("-")[0];
  const operation = listOf(plan.operations).find(({ id }) => id === first.name.split(".")[0]);
  return word(operation?.entity);
}

/** @param {Record<string, any>} plan */
export function readDecisions(plan) {
  const assumptions = readAssumptions(plan);
  const names = labelsOf(plan);
  const weighed = assumptions.filter((one) => weightOf(one) < 9).sort((a, b) => weightOf(a) - weightOf(b));
  const asked = weighed.slice(0, MOST_ASKED).map((one) => ({ ...one, question: questionOf(one, names) }));
  const rest = assumptions
    .filter((one) => !asked.some(({ id }) => id === one.id))
    .map((one) => ({ ...one, words: wordsOf(one, names) }));
  const groups = Map.groupBy(rest, (one) => homeOf(one, plan));
  return {
    asked,
    groups: [...groups].map(([home, entries]) => ({
      home,
      label: names.get(`entity:${home}`) ?? t("decide.general"),
      entries,
    })),
    count: assumptions.length,
  };
}

const questionsOf = (plan) => (Array.isArray(plan.questions) ? plan.questions.map(word) : []);

/** How much is to be decided or answered. @param {Record<string, any>} plan */
export const countDecisions = (plan) => listOf(plan.assumptions).length + questionsOf(plan).length;

function useSettling(designId) {
  const [busy, setBusy] = useState(false);
  const settle = async (verdict, ids) => {
    setBusy(true);
    const done = await attempt(() =>
      api.settleAll(designId, verdict === "confirm" ? { confirm: ids } : { strike: ids }),
    );
    setBusy(false);
    if (done) showToast(t(`assumption.${verdict}.done`));
  };
  return { busy, settle };
}

/** `y` and `n` answer what has the focus. */
const onKey = (settle, id) => (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea")) return;
  const verdict = { y: "confirm", n: "strike" }[event.key.toLowerCase()];
  if (!verdict) return;
  event.preventDefault();
  settle(verdict, [id]);
};

function Asked({ decision, busy, settle }) {
  const button = (verdict) =>
    html`<button class="button" type="button" disabled=${busy} aria-label=${`${t(`decide.${verdict}`)}: ${decision.question}`} onClick=${() => settle(verdict, [decision.id])}>${t(`decide.${verdict}`)}</button>`;
  return html`<li class="assumption decision" onKeyDown=${onKey(settle, decision.id)}><p><strong>${decision.question}</strong> <code>${decision.id}</code>
    ${decision.question !== decision.text && html`<span class="hint">${decision.text}</span>`}</p><span class="actions">${button("confirm")}${button("strike")}</span></li>`;
}

function Small({ entry, busy, settle }) {
  const button = (verdict) =>
    html`<button class="link" type="button" disabled=${busy} aria-label=${`${t(`assumption.${verdict}`)}: ${entry.text}`} onClick=${() => settle(verdict, [entry.id])}>${t(`assumption.${verdict}`)}</button>`;
  return html`<li class="assumption" onKeyDown=${onKey(settle, entry.id)}><code>${entry.id}</code> <span title=${entry.text}>${entry.words}</span> <span class="verdicts">${button("confirm")}${button("strike")}</span></li>`;
}

/** `alone`: there is no other group, so that the button above settles this one. */
function Group({ group, alone, busy, settle }) {
  const ids = group.entries.map(({ id }) => id);
  return html`<div class="decision-group">${!alone && html`<button class="button" type="button" disabled=${busy} aria-label=${`${t("decide.all", { n: ids.length })}: ${group.label}`} onClick=${() => settle("confirm", ids)}>${t("decide.all", { n: ids.length })}</button>`}
    <details><summary><strong>${group.label}</strong> <span class="count">${ids.length}</span></summary>
    <ul class="plain">${group.entries.map((entry) => html`<${Small} key=${entry.id} entry=${entry} busy=${busy} settle=${settle} />`)}</ul></details></div>`;
}

/** The blueprint with an answer: the question goes, and what was answered is a requirement in the person's words. */
function withAnswer(plan, question, answer) {
  const number = Math.max(0, ...listOf(plan.requirements).map(({ id }) => Number(word(id).slice(1)) || 0)) + 1;
  const added = { id: `R${number}`, text: answer, kind: "constraint", priority: "must", section: question };
  return {
    ...plan,
    requirements: [...listOf(plan.requirements), added],
    questions: plan.questions.filter((one) => one !== question),
  };
}

function Question({ designId, plan, base, question }) {
  const [answer, setAnswer] = useState("");
  const [busy, setBusy] = useState(false);
  const send = async (event) => {
    event.preventDefault();
    if (!answer.trim()) return;
    setBusy(true);
    const place = { kind: "blueprint", part: "" };
    const next = JSON.stringify(withAnswer(plan, question, answer.trim()), null, 2);
    if (await attempt(() => api.save(designId, place, next, base))) showToast(t("question.answered"));
    setBusy(false);
  };
  return html`<li><form class="open-question" onSubmit=${send}><label><strong>${question}</strong>
    <input class="field" type="text" maxlength="500" value=${answer} placeholder=${t("question.placeholder")} onInput=${(event) => setAnswer(event.target.value)} /></label>
    <button class="button" type="submit" disabled=${busy || !answer.trim()}>${t("question.answer")}</button></form></li>`;
}

/** @param {{designId: string, plan: Record<string, any>, base: number}} props `base`: the blueprint's version */
export function Decisions({ designId, plan, base }) {
  const { asked, groups } = readDecisions(plan);
  const count = countDecisions(plan);
  const questions = questionsOf(plan);
  const { busy, settle } = useSettling(designId);
  if (!count) return null;
  const rest = groups.flatMap(({ entries }) => entries.map(({ id }) => id));
  return html`<section class="blueprint-section confirm" id="decisions"><h3>${t("decide.title")} <span class="count">${count}</span></h3>
    <p class="hint">${t("decide.hint")}</p>
    <ul class="plain">${asked.map((decision) => html`<${Asked} key=${decision.id} decision=${decision} busy=${busy} settle=${settle} />`)}
      ${questions.map((question) => html`<${Question} key=${question} designId=${designId} plan=${plan} base=${base} question=${question} />`)}</ul>
    ${
      rest.length > 0 &&
      html`<div class="decision-rest"><h4>${t("decide.rest")} <span class="count">${rest.length}</span>
        <button class="button" type="button" disabled=${busy} onClick=${() => settle("confirm", rest)}>${t("decide.all", { n: rest.length })}</button></h4>
      ${groups.map((group) => html`<${Group} key=${group.home} group=${group} alone=${groups.length === 1} busy=${busy} settle=${settle} />`)}</div>`
    }
  </section>`;
}
