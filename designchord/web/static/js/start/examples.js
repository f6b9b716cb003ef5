/** Finished designs to look at: one click makes a copy of one's own, which can be changed like any other. */
import { api } from "../api.js";
import { html, useState } from "../dom.js";
import { attempt } from "../failure.js";
import { t } from "../i18n.js";
import { Icon } from "../icons.js";

/** How many requirements an example has, by its lines. */
const countOf = ({ requirements }) => requirements.split("\n").filter((line) => line.trim()).length;

/** @param {{examples: {id: string, language: string, title: string, content: string, requirements: string}[]}} props */
export function Examples({ examples }) {
  const [opening, setOpening] = useState("");
  if (!examples.length) return null;
  const open = async ({ id }) => {
    setOpening(id);
    const done = await attempt(async () => {
      const { title, content, requirements, language, blueprint } = await api.readExample(id);
      const brief = { title, content, requirements, language, blueprint, model: "offline" };
      const design = await api.startDesign(brief, crypto.randomUUID?.() ?? String(Math.random()));
      location.assign(`/designs/${design.id}/`);
    });
    if (!done) setOpening("");
  };
  return html`<section class="examples" aria-labelledby="examples">
    <h2 id="examples">${t("examples.title")}</h2>
    <ul class="plain">${examples.map(
      (
        example,
      ) => html`<li><button class="example" type="button" lang=${example.language} disabled=${Boolean(opening)} aria-busy=${String(opening === example.id)}
        onClick=${() => open(example)}><span class="example-title">${example.title}</span>
        <span class="hint">${t("examples.requirements", { n: countOf(example) })}</span><${Icon} name="right" /></button></li>`,
    )}</ul>
  </section>`;
}
