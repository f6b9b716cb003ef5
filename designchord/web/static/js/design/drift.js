/** How far what was built was from its design, verification by verification: a picture, and the list that it shows. */
import { html } from "../dom.js";
import { formatDate } from "../format.js";
import { t } from "../i18n.js";

/** From the floor up. */
const LAYERS = /** @type {const} */ (["exists", "unchecked", "differs", "missing"]);
/** So many are drawn, the newest. */
const MOST = 40;
const HEIGHT = 120;
const HEAD = 16;

const differences = ({ counts }) => counts.error + counts.warning;

/** The layers of one bar, each with its place. @param {Record<string, number>} counts */
function layersOf(counts) {
  const all = LAYERS.reduce((sum, name) => sum + counts[name], 0) || 1;
  let floor = HEAD + HEIGHT;
  return LAYERS.map((name) => {
    const height = (counts[name] / all) * HEIGHT;
    floor -= height;
    return { name, height, y: floor };
  }).filter(({ height }) => height > 0);
}

const told = (item) => t("built.bar", { when: formatDate(item.created_at), version: item.revision, ...item.counts });

function Picture({ items }) {
  const step = 600 / Math.max(items.length, 8);
  const width = Math.min(step * 0.7, 48);
  return html`<svg class="drift-picture" viewBox=${`0 0 600 ${HEAD + HEIGHT + 2}`} role="img" aria-label=${t("built.drift")}>
    <line class="drift-floor" x1="0" x2="600" y1=${HEAD + HEIGHT + 1} y2=${HEAD + HEIGHT + 1} />
    ${items.map((item, at) => {
      const x = at * step + (step - width) / 2;
      return html`<g key=${item.number} class="drift-bar" data-stale=${String(item.stale)}><title>${told(item)}</title>
        ${layersOf(item.counts).map(({ name, height, y }) => html`<rect data-standing=${name} x=${x} y=${y} width=${width} height=${height} />`)}
        ${differences(item) > 0 && html`<text x=${x + width / 2} y=${HEAD - 4} text-anchor="middle">${differences(item)}</text>`}</g>`;
    })}</svg>`;
}

function List({ items }) {
  const names = [...LAYERS].reverse();
  return html`<details class="drift-list"><summary>${t("built.history", { n: items.length })}</summary>
    <div class="table-box" tabindex="0" role="region" aria-label=${t("built.drift")}><table class="grid">
      <thead><tr>${["when", "version", "who", "differences"].map((name) => html`<th scope="col">${t(`built.${name}`)}</th>`)}${names.map((name) => html`<th scope="col">${t(`built.${name}`)}</th>`)}</tr></thead>
      <tbody>${items.map(
        (
          item,
        ) => html`<tr key=${item.number}><th scope="row">${formatDate(item.created_at)}</th><td><code>${item.revision || "–"}</code></td><td>${item.who}</td>
          <td>${differences(item)}${item.counts.accepted > 0 && ` (${t("built.accepted", { n: item.counts.accepted })})`}</td>
          ${names.map((name) => html`<td>${item.counts[name]}</td>`)}</tr>`,
      )}</tbody></table></div></details>`;
}

/** @param {{items: VerificationSummary[]}} props newest first */
export function Drift({ items }) {
  const shown = items.slice(0, MOST).reverse();
  return html`<figure class="drift"><figcaption><strong>${t("built.drift")}</strong> <span class="hint">${t("built.drift.hint")}</span></figcaption>
    <${Picture} items=${shown} />
    <p class="drift-ends"><span>${formatDate(shown[0].created_at)}</span>${shown.length > 1 && html`<span>${formatDate(shown[shown.length - 1].created_at)}</span>`}</p>
    <ul class="drift-legend">${[...LAYERS].reverse().map((name) => html`<li key=${name} data-standing=${name}>${t(`built.${name}`)}</li>`)}</ul>
    <${List} items=${items} /></figure>`;
}
