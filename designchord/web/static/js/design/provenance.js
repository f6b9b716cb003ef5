/** How an artifact came about, in one line, with the rest to unfold. Says only what the server recorded. */
import { html, useState } from "../dom.js";
import { formatAgo, formatCost, formatDate, formatSeconds, formatTokens } from "../format.js";
import { t, tOr } from "../i18n.js";

/** @param {{origin: string}} props */
export function OriginBadge({ origin }) {
  return html`<span class="badge origin" data-origin=${origin} title=${t(`origin.${origin}.hint`)}>${t(`origin.${origin}`)}</span>`;
}

function shortFacts({ provenance: how, created_at: at }) {
  const tokens = (how.input_tokens || 0) + (how.output_tokens || 0);
  return [
    how.model,
    how.attempts > 1 && t("attempts", { n: how.attempts }),
    how.fixes?.length && t("fixes", { n: how.fixes.length }),
    tokens && formatTokens(tokens),
    how.cost_usd && formatCost(how.cost_usd),
    how.latency && formatSeconds(how.latency),
    formatAgo(at),
  ].filter(Boolean);
}

function Fact({ name, children }) {
  return children || children === 0 ? html`<div><dt>${name}</dt><dd>${children}</dd></div>` : null;
}

function Details({ revision }) {
  const how = revision.provenance || {};
  return html`<dl class="facts">
    <${Fact} name=${t("fact.revision")}>${revision.number}<//>
    <${Fact} name=${t("fact.created")}>${formatDate(revision.created_at)}<//>
    <${Fact} name=${t("fact.model")}>${how.model}<//>
    <${Fact} name=${t("fact.prompt")}>${how.prompt}<//>
    <${Fact} name=${t("fact.attempts")}>${how.attempts}<//>
    <${Fact} name=${t("fact.input")}>${how.input_tokens ? formatTokens(how.input_tokens) : null}<//>
    <${Fact} name=${t("fact.cached")}>${how.cached_tokens ? formatTokens(how.cached_tokens) : null}<//>
    <${Fact} name=${t("fact.output")}>${how.output_tokens ? formatTokens(how.output_tokens) : null}<//>
    <${Fact} name=${t("fact.cost")}>${how.cost_usd ? formatCost(how.cost_usd) : null}<//>
    <${Fact} name=${t("fact.latency")}>${how.latency ? formatSeconds(how.latency) : null}<//>
    <${Fact} name=${t("fact.skeletonReason")}>${how.skeleton_reason && tOr(`error.${how.skeleton_reason}`, how.skeleton_reason)}<//>
  </dl>`;
}

function FixList({ fixes }) {
  if (!fixes?.length) return null;
  return html`<h3>${t("fixesApplied")}</h3>
    <ul class="plain">${fixes.map((fix) => html`<li>${fix.message}${fix.line ? html` <span class="hint">${t("line", { n: fix.line })}</span>` : null}</li>`)}</ul>`;
}

function UncheckedList({ unchecked }) {
  if (!unchecked?.length) return null;
  return html`<h3>${t("unchecked")}</h3><ul class="plain">${unchecked.map((text) => html`<li>${text}</li>`)}</ul>`;
}

/** @param {{revision: Revision}} props */
export function Provenance({ revision }) {
  const how = revision.provenance || {};
  // What is folded is made when it is unfolded: a date costs tens of milliseconds the first time.
  const [open, setOpen] = useState(false);
  return html`<details class="provenance" onToggle=${(event) => setOpen(event.currentTarget.open)}>
    <summary><${OriginBadge} origin=${revision.origin} />
      <span class="provenance-facts">${shortFacts({ ...revision, provenance: how }).join(" · ")}</span></summary>
    ${
      open &&
      html`<div class="provenance-body">
      <p>${t(`origin.${revision.origin}.hint`)}</p>
      <${Details} revision=${revision} /><${FixList} fixes=${how.fixes} /><${UncheckedList} unchecked=${how.unchecked} />
    </div>`
    }
  </details>`;
}
