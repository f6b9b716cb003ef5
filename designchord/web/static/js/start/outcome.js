/** What comes of an idea, as a picture: a document, stories, tables, an API, which agree. */
import { html } from "../dom.js";
import { t } from "../i18n.js";

const LINES = "M14 26h52M14 34h48M14 42h52M14 50h30";
const STORY = "M20 18v40M46 18v40M72 18v40";
const MESSAGES = "M20 28h26M46 38h26M72 48H20";
const TIES = "M40 20h34v14M26 28v14";
const CALLS = [
  { verb: 18, path: 34 },
  { verb: 22, path: 26 },
  { verb: 14, path: 40 },
];

const PARTS = [
  { name: "document", drawn: () => html`<path d=${LINES} /><path class="strong" d="M14 16h36" />` },
  {
    name: "stories",
    drawn: () => html`<path d=${STORY} /><path class="strong" d=${MESSAGES} />
      ${[20, 46, 72].map((x) => html`<rect class="soft" x=${x - 9} y="10" width="18" height="9" rx="2" />`)}`,
  },
  {
    name: "tables",
    drawn: () =>
      html`<path d=${TIES} />${[
        [12, 12],
        [60, 34],
        [12, 42],
      ].map(
        ([x, y]) => html`<rect class="soft" x=${x} y=${y} width="28" height="8" rx="2" />
        <path d=${`M${x} ${y + 8}v8h28v-8`} />`,
      )}`,
  },
  {
    name: "api",
    drawn: () =>
      CALLS.map(
        ({ verb, path }, at) => html`<rect class="soft" x="12" y=${12 + 17 * at} width=${verb} height="10" rx="3" />
          <path class="strong" d=${`M${18 + verb} ${17 + 17 * at}h${path}`} />`,
      ),
  },
];

export function Outcome() {
  return html`<figure class="outcome" aria-label=${t("outcome.title")}>
    ${PARTS.map(
      ({ name, drawn }) => html`<div key=${name}><svg viewBox="0 0 92 68" aria-hidden="true">${drawn()}</svg>
        <span>${t(`outcome.${name}`)}</span></div>`,
    )}
  </figure>`;
}
