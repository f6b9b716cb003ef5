/** All versions of an artifact: what each changed, and the way back to any of them. */
import { api } from "../api.js";
import { notationOf } from "../catalogue.js";
import { html, useEffect, useState } from "../dom.js";
import { attempt, describeFailure } from "../failure.js";
import { formatAgo, formatDate } from "../format.js";
import { t } from "../i18n.js";
import { Diff } from "./diff.js";
import { OriginBadge } from "./provenance.js";
import { useReview } from "./reviewing.js";
import { showToast } from "../toast.js";

const listOf = (answer) => (Array.isArray(answer) ? answer : (answer?.items ?? []));

function useRevisions(designId, item) {
  const [state, setState] = useState(
    /** @type {{revisions: Revision[] | null, failure: string | null}} */ ({ revisions: null, failure: null }),
  );
  useEffect(() => {
    const abort = new AbortController();
    api
      .listRevisions(designId, item, abort.signal)
      .then((answer) => setState({ revisions: listOf(answer).sort((a, b) => b.number - a.number), failure: null }))
      .catch((error) => error.name === "AbortError" || setState({ revisions: [], failure: describeFailure(error) }));
    return () => abort.abort();
  }, [designId, item.key, item.artifact.revision.number]);
  return state;
}

/** The sources of two versions, each read once. */
function useSources(designId, item, numbers) {
  const [sources, setSources] = useState({});
  useEffect(() => {
    const abort = new AbortController();
    for (const number of numbers) {
      if (!number || number in sources) continue;
      api
        .readRevision(designId, item, number, abort.signal)
        .then((answer) => setSources((known) => ({ ...known, [number]: (answer.revision ?? answer).source })))
        .catch(() => null);
    }
    return () => abort.abort();
  }, [numbers.join()]);
  return sources;
}

function Revision({ revision, chosen, newest, onChoose }) {
  return html`<li>
    <button class="revision" type="button" aria-pressed=${String(chosen)} onClick=${onChoose}>
      <span class="revision-number">${t("revision", { n: revision.number })}</span>
      <${OriginBadge} origin=${revision.origin} />
      <time class="hint" datetime=${revision.created_at} title=${formatDate(revision.created_at)}>${formatAgo(revision.created_at)}</time>
      ${newest && html`<span class="badge">${t("newest")}</span>`}
    </button>
  </li>`;
}

/** @param {{designId: string, item: Made}} props */
export function History({ designId, item }) {
  const { revisions, failure } = useRevisions(designId, item);
  const [chosen, setChosen] = useState(null);
  const { review, dialog } = useReview(designId);
  const newest = item.artifact.revision.number;
  const number = chosen ?? newest;
  const before = revisions?.filter((revision) => revision.number < number)[0]?.number ?? null;
  const sources = useSources(designId, item, [number, before]);
  if (failure) return html`<p class="notice error">${failure}</p>`;
  if (!revisions) return html`<p class="hint">${t("loading")}</p>`;
  const back = () => api.restore(designId, item, number);
  const restore = () =>
    attempt(async () => {
      if (notationOf(item.kind) === "blueprint") {
        if (await review({ revision: number }, back)) setChosen(null);
        return;
      }
      await back();
      setChosen(null);
      showToast(t("restored", { n: number }));
    });
  const ready = number in sources && (before === null || before in sources);
  return html`<div class="history">
    <ol class="revisions">${revisions.map(
      (revision) => html`<${Revision} key=${revision.number} revision=${revision} chosen=${revision.number === number}
        newest=${revision.number === newest} onChoose=${() => setChosen(revision.number)} />`,
    )}</ol>
    <div class="history-diff">
      <div class="history-head">
        <h3>${before ? t("diff.between", { before, after: number }) : t("revision", { n: number })}</h3>
        ${number !== newest && html`<button class="button" type="button" onClick=${restore}>${t("restore", { n: number })}</button>`}
      </div>
      ${!ready ? html`<p class="hint">${t("loading")}</p>` : html`<${Diff} before=${before ? sources[before] : ""} after=${sources[number]} />`}
    </div>${dialog}
  </div>`;
}
