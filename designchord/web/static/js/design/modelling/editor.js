/**
 * The blueprint as an editor: each thing is changed in place. What is typed becomes operations; the server says at once
 * what comes of them and what follows, and nothing is stored before it is saved. Nothing typed is lost: not by a reload,
 * and not by somebody who saves meanwhile.
 */
import { api } from "../../api.js";
import { html, useEffect, useMemo, useRef, useState } from "../../dom.js";
import { describeFailure } from "../../failure.js";
import { t } from "../../i18n.js";
import { sayOperation, sayRefusal } from "../change_words.js";
import { ChangeDialog } from "../changes.js";
import { operationsOf } from "../typed.js";
import { Actors, Entities, Operations, Relations, Requirements } from "./blocks.js";
import { foresee } from "./foreseeing.js";
import { Stories } from "./stories.js";

/** @typedef {{proposal: Proposal, operations: Record<string, any>[]}} Answered what those came to */
/** @typedef {{operations: Record<string, any>[], undone: Record<string, any>[]}} Asked */
/** @typedef {{operation: Record<string, any>, why: string}} Left */

/** What was asked for, kept through a reload. */
function useAsked(designId) {
  const kept = operationsOf(designId);
  const [asked, setAsked] = useState(() => /** @type {Asked} */ (kept.read() ?? { operations: [], undone: [] }));
  useEffect(() => {
    if (asked.operations.length || asked.undone.length) kept.write(asked);
    else kept.clear();
  }, [asked]);
  const put = (operation) => setAsked((last) => ({ operations: [...last.operations, operation], undone: [] }));
  const undo = () =>
    setAsked(({ operations, undone }) => ({
      operations: operations.slice(0, -1),
      undone: [...undone, ...operations.slice(-1)],
    }));
  const redo = () =>
    setAsked(({ operations, undone }) => ({
      operations: [...operations, ...undone.slice(-1)],
      undone: undone.slice(0, -1),
    }));
  const without = (gone) =>
    setAsked((last) => ({ ...last, operations: last.operations.filter((one) => !gone.includes(one)) }));
  const clear = () => setAsked({ operations: [], undone: [] });
  return { ...asked, put, undo, redo, without, clear };
}

/** Those that were asked for among all that a proposal holds, by their places in it. */
function refusedOf(proposal, operations) {
  const heads = proposal.operations.flatMap((one, at) => (one.because === undefined ? [at] : []));
  return proposal.refused.flatMap((one) => {
    const operation = operations[heads.indexOf(one.operation)];
    return operation ? [{ operation, why: sayRefusal(one, proposal.operations) }] : [];
  });
}

/** What comes of what was asked for, as the blueprint stands; what cannot be done is taken out and told. */
function useProposal(designId, asked, source) {
  const [answered, setAnswered] = useState(/** @type {Answered | null} */ (null));
  const [left, setLeft] = useState(/** @type {Left[]} */ ([]));
  const { operations, without } = asked;
  useEffect(() => {
    if (!operations.length) {
      setAnswered(null);
      return undefined;
    }
    const abort = new AbortController();
    api.change(designId, { operations }, abort.signal).then(
      (found) => {
        const refused = refusedOf(found, operations);
        if (!refused.length) setAnswered({ proposal: found, operations });
        else {
          setLeft((last) => [...last, ...refused]);
          without(refused.map((one) => one.operation));
        }
      },
      (error) => {
        if (error.name === "AbortError") return;
        const newest = operations.slice(-1);
        setLeft((last) => [...last, { operation: newest[0], why: describeFailure(error) }]);
        // What no answer came to is asked for again with the next one.
        if (error.status) without(newest);
      },
    );
    return () => abort.abort();
  }, [designId, operations, source]);
  const proposal = answered && answered.operations === operations ? answered.proposal : null;
  return { plan: usePlan(answered, operations, source), proposal, left, forget: () => setLeft([]) };
}

/**
 * The blueprint with all that was asked for: as the server has it, and what it has not answered yet as foreseen.
 * @param {Answered | null} answered @param {Record<string, any>[]} operations @param {string} source
 */
function usePlan(answered, operations, source) {
  return useMemo(() => {
    const known = answered?.operations ?? [];
    const further = known.every((one, at) => one === operations[at]);
    const base = JSON.parse(answered && further && operations.length ? answered.proposal.blueprint : source);
    return foresee(base, further ? operations.slice(known.length) : operations);
  }, [answered, operations, source]);
}

/** Somebody else saved while one typed: who, and that what one typed is still there. */
function useOthers(designId, number, waiting) {
  const [who, setWho] = useState("");
  const began = useRef(number);
  useEffect(() => {
    if (number === began.current || !waiting) return undefined;
    let gone = false;
    api.listChanges(designId).then(
      ({ items }) => !gone && setWho(items[0]?.who ?? t("model.somebody")),
      () => !gone && setWho(t("model.somebody")),
    );
    return () => {
      gone = true;
    };
  }, [designId, number]);
  return who;
}

function Foot({ asked, proposal, onReview, onLeave }) {
  const { operations, undone, undo, redo } = asked;
  const follows = proposal?.operations.filter((one) => one.because !== undefined) ?? [];
  return html`<div class="editor-foot sticky"><span><span role="status">${t("model.changes", { n: operations.length })}</span>
    ${follows.length > 0 && html`<details class="ghost"><summary>${t("model.follows", { n: follows.length })}</summary><ul class="plain">${follows.map((one) => html`<li>${sayOperation(one)}</li>`)}</ul></details>`}</span>
    <span class="actions"><button class="button quiet" type="button" disabled=${!operations.length} onClick=${undo}>${t("undo")}</button>
      <button class="button quiet" type="button" disabled=${!undone.length} onClick=${redo}>${t("model.redo")}</button>
      <button class="button quiet" type="button" onClick=${onLeave}>${t("discard")}</button>
      <button class="button primary" type="button" disabled=${!proposal} onClick=${onReview}>${t("model.review")}</button></span></div>`;
}

function LeftOut({ left, onForget }) {
  if (!left.length) return null;
  return html`<div class="notice warning" role="alert"><ul class="plain">${left.map(
    ({ operation, why }) => html`<li>${sayOperation(operation)}: ${why}</li>`,
  )}</ul><button class="link" type="button" onClick=${onForget}>${t("close")}</button></div>`;
}

/** Undo, redo and save by keys, on the whole page: what had the focus may be gone with what was removed. */
function useKeys({ undo, redo }, onReview) {
  const keys = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.tagName === "TEXTAREA") return;
    const key = event.key.toLowerCase();
    const act = key === "z" ? (event.shiftKey ? redo : undo) : key === "y" ? redo : key === "s" ? onReview : null;
    if (!act) return;
    event.preventDefault();
    act();
  };
  useEffect(() => {
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  });
}

/** An entity that one came for is in sight and has the focus. */
function useArrival(thing) {
  useEffect(() => {
    const place = thing ? document.getElementById(`entity-${thing}`) : null;
    place?.scrollIntoView({ block: "center" });
    place?.querySelector("input")?.focus({ preventScroll: true });
  }, [thing]);
}

/**
 * @param {{designId: string, item: Made, thing: string, onDone: () => void}} props `thing`: an entity to begin with
 */
export function BlueprintEditor({ designId, item, thing, onDone }) {
  const { source, number } = item.artifact.revision;
  const asked = useAsked(designId);
  const { plan, proposal, left, forget } = useProposal(designId, asked, source);
  const others = useOthers(designId, number, asked.operations.length > 0);
  const [reviewing, setReviewing] = useState(false);
  useArrival(thing);
  const leave = () => {
    asked.clear();
    onDone();
  };
  const put = (operation) => {
    forget();
    asked.put(operation);
  };
  useKeys(asked, () => proposal && setReviewing(true));
  return html`<div class="modelling">
    <${Foot} asked=${asked} proposal=${proposal} onReview=${() => setReviewing(true)} onLeave=${leave} />
    ${others && html`<p class="notice" role="status">${t("model.others", { who: others, n: number })}</p>`}
    <${LeftOut} left=${left} onForget=${forget} />
    <${Requirements} plan=${plan} put=${put} /><${Actors} plan=${plan} put=${put} /><${Entities} plan=${plan} put=${put} />
    <${Relations} plan=${plan} put=${put} /><${Operations} plan=${plan} put=${put} /><${Stories} plan=${plan} put=${put} />
    ${reviewing && proposal && html`<${ChangeDialog} designId=${designId} proposal=${proposal} why="" onDone=${leave} onClose=${() => setReviewing(false)} />`}
  </div>`;
}
