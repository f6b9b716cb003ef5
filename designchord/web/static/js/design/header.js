/** The head of a design: what it is, how it stands, and what can be done with all of it. */
import { api } from "../api.js";
import { fileOf, notationOf } from "../catalogue.js";
import { html } from "../dom.js";
import { attempt } from "../failure.js";
import { formatAgo, formatCost, formatDate, formatLanguage, formatSeconds } from "../format.js";
import { t, tOr } from "../i18n.js";
import { Icon } from "../icons.js";
import { Menu } from "../menu.js";
import { copyText, downloadFile } from "../save.js";
import { showToast } from "../toast.js";
import { isReached } from "./connection.js";
import { hasEnded, titleOf } from "./items.js";
import { ModelWays } from "./overview.js";
import { blueprintOf } from "./plan.js";
import { Share } from "./share.js";
import { NotifyButton } from "./telling.js";
import { Title } from "./title.js";
import { findBurst, useNow } from "./bursts.js";

export function StateBadge({ state }) {
  return html`<span class="badge state" data-state=${state}>${t(`state.${state}`)}</span>`;
}

/** The date is for whoever points at it: a browser takes tens of milliseconds until it can write the first one. */
const sayDate = ({ currentTarget }) => {
  currentTarget.title = formatDate(currentTarget.dateTime);
};

/**
 * Who made it, for how much, and when. How long it has taken so far stands here while it is made, as far as is known;
 * afterwards that, the calls and the tokens are the timeline's to tell.
 */
function Facts({ design, reached }) {
  const working = !hasEnded(design);
  const now = useNow(working && reached);
  const { origin, end } = findBurst(design.steps, now);
  const cost = design.usage?.cost_usd;
  return html`<p class="head-facts hint">
    ${working && origin && html`<span class="elapsed">${formatSeconds((end - origin) / 1000)}</span> · `}${[design.model, cost && formatCost(cost)].filter(Boolean).join(" · ")} ·
    <time datetime=${design.created_at} onPointerEnter=${sayDate}> ${formatAgo(design.created_at)}</time></p>`;
}

const fileName = (title) =>
  title
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 60) || "design";

async function copyAsMarkdown(id) {
  const response = await fetch(api.exportUrl(id, "github"));
  if (response.ok) return copyText(await response.text());
  return showToast(t("error.unexpected"), { error: true });
}

/** A design of one's own with the same idea and blueprint; everything else is made from them. */
async function duplicate(design) {
  const { artifact } = blueprintOf(design);
  const { title, content, requirements, language, kinds, model } = design;
  await attempt(async () => {
    const brief = { title: t("duplicate.title", { title }), content, requirements, language, kinds, model };
    const made = await api.startDesign(
      { ...brief, ...(artifact ? { blueprint: artifact.revision.source } : {}) },
      String(Date.now()),
    );
    location.assign(`/designs/${made.id}/`);
  });
}

function ExportMenu({ design }) {
  const specs = design.artifacts.filter(({ kind }) => notationOf(kind) === "openapi");
  const name = fileName(design.title);
  const file = (format) => ({ href: api.exportUrl(design.id, format), download: `${name}.${format}` });
  return html`<${Menu} label=${t("export")} icon="download" entries=${[
    { label: t("export.zip"), hint: t("export.zip.hint"), ...file("zip") },
    { label: t("export.html"), hint: t("export.html.hint"), ...file("html") },
    { label: t("export.print"), hint: t("export.print.hint"), href: api.printUrl(design.id), target: "_blank" },
    { label: "Markdown", hint: t("export.md.hint"), ...file("md") },
    ...specs.map((spec) => ({
      label: "OpenAPI",
      hint: fileOf(spec),
      onChoose: () => downloadFile(fileOf(spec), spec.revision.source, "application/json"),
    })),
    { label: t("export.copy"), hint: t("export.copy.hint"), onChoose: () => copyAsMarkdown(design.id) },
  ]} />`;
}

function Actions({ design, onShared }) {
  const failed = design.steps.some(({ state }) => state === "failed" || state === "cancelled");
  const behind = design.artifacts.filter((artifact) => artifact.stale);
  // What a person edited is only made anew when they say so.
  const edited = behind.filter(({ revision }) => revision.origin === "edited").length;
  const stale = behind.length - edited;
  const button = (icon, label, act, kind = "") =>
    html`<button class="button ${kind}" type="button" onClick=${() => attempt(act)}><${Icon} name=${icon} /><span>${label}</span></button>`;
  return html`<div class="actions">
    <${NotifyButton} design=${design} />
    ${!hasEnded(design) && button("stop", t("stop"), () => api.cancel(design.id))}
    ${hasEnded(design) && failed && button("retry", t(design.state === "cancelled" ? "goOn" : "retry"), () => api.retry(design.id))}
    ${hasEnded(design) && stale > 0 && button("retry", t("refreshAll", { n: stale }), () => api.refresh(design.id), "primary")}
    ${hasEnded(design) && stale === 0 && edited > 0 && button("retry", t("refreshEdited", { n: edited }), () => api.refresh(design.id, true))}
    <${Share} design=${design} onShared=${onShared} />
    ${hasEnded(design) && button("copy", t("duplicate"), () => duplicate(design))}
    <${ExportMenu} design=${design} />
  </div>`;
}

/** Everything that went wrong: each reason once, with the parts that it kept from being made. @param {Snapshot} design */
function reasonsOf({ error, steps }) {
  const words = ({ code, message }) => tOr(`error.${code}`, message);
  const failed = steps.flatMap((step) =>
    step.state === "failed" && step.error
      ? { why: words(step.error), code: step.error.code, title: titleOf(step) }
      : [],
  );
  const reasons = [...Map.groupBy(failed, ({ why }) => why)];
  if (error && !failed.some(({ code }) => code === error.code)) reasons.unshift([words(error), []]);
  return reasons.map(([why, parts]) => ({ why, parts: parts.map(({ title }) => title).join(", ") }));
}

/** What went wrong, and the ways on: another key, another model. Stopping is none of it. */
function Trouble({ design }) {
  if (!design.error) return null;
  if (design.state === "cancelled") return html`<p class="notice">${t("stopped")}</p>`;
  const reasons = reasonsOf(design);
  const byModel = [design.error, ...design.steps.map(({ error }) => error)].some((error) =>
    error?.code.startsWith("model_"),
  );
  return html`<div class="notice error"><ul class="plain">${reasons.map(({ why, parts }) => html`<li key=${why}>${why} ${parts && html`<strong>${parts}</strong>`}</li>`)}</ul>
    ${byModel && html`<div class="actions"><${ModelWays} design=${design} /></div>`}</div>`;
}

/** How fresh the page is, said only when it is not. */
function Freshness({ status }) {
  return html`<p class="freshness" role="status" data-status=${status}>${status === "live" || status === "opening" ? "" : t(`fresh.${status}`)}</p>`;
}

/** Whether rules drafted this from a language that they do not read: nothing else says how little is there. */
const isUnread = ({ artifacts }) =>
  artifacts.some(
    ({ kind, revision }) =>
      kind === "blueprint" && revision?.problems?.some(({ code }) => code === "blueprint.language_unread"),
  );

/** @param {{design: Snapshot, status: string, onShared: (path: string | null) => void}} props */
export function DesignHeader({ design, status, onShared }) {
  return html`<section class="design-head" aria-labelledby="design-title">
    <div class="design-title">
      <div class="title-line"><${Title} design=${design} /></div>
      <div class="design-line"><${StateBadge} state=${design.state} /><${Facts} design=${design} reached=${isReached(status)} /></div>
    </div>
    <${Actions} design=${design} onShared=${onShared} />
    <${Trouble} design=${design} />
    ${isUnread(design) && html`<p class="notice warning">${t("unread", { language: formatLanguage(design.language) })}</p>`}
    <${Freshness} status=${status} />
  </section>`;
}
