/** The start page: say what is wanted, look at what comes of it, or go on with what is there. */
import { api } from "../api.js";
import { loadCatalogue } from "../catalogue.js";
import { html, render, useEffect, useState } from "../dom.js";
import { language, t } from "../i18n.js";
import { Topbar } from "../topbar.js";
import { DesignList } from "./designs.js";
import { Examples } from "./examples.js";
import { IdeaForm, useIdeaDraft } from "./form.js";
import { Outcome } from "./outcome.js";
import { Recognised, useIdea } from "./reading.js";

/** Examples in the language of the page first. */
function useExamples() {
  const [examples, setExamples] = useState([]);
  useEffect(() => {
    const own = (example) => (example.language === language ? 0 : 1);
    api
      .listExamples()
      .then(({ items }) => setExamples([...items].sort((a, b) => own(a) - own(b))))
      .catch(() => null);
  }, []);
  return examples;
}

function StartPage() {
  const examples = useExamples();
  const [values, change] = useIdeaDraft();
  const idea = useIdea(values.content);
  return html`<${Topbar} />
    <div class="start">
      <main id="main" tabindex="-1">
        <h1>${t("start.title")}</h1>
        <p class="lead">${t("start.lead")}</p>
        <div class="start-columns"><${IdeaForm} idea=${idea} values=${values} change=${change} />
          <div class="start-beside"><${Recognised} idea=${idea} /><${Examples} examples=${examples} /><${Outcome} /></div></div>
      </main>
      <${DesignList} />
    </div>`;
}

document.title = `designchord – ${t("start.title")}`;
await loadCatalogue();
render(html`<${StartPage} />`, document.getElementById("page"));
