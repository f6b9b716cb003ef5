/**
 * Draws Mermaid text. Runs in a sandboxed frame: an opaque origin without network, cookies or a way into the page.
 * The page sends a MessagePort once, then {id, source, theme}; the answer is {id, svg} or {id, failed: true}.
 */
import mermaid from "../vendor/mermaid/12.3.0/mermaid.esm.min.mjs";

const MAX_TEXT = 50_000;
let configured = "";

/** @param {{variables: Record<string, string>, font: string, dark: boolean}} theme */
function configure(theme) {
  const key = JSON.stringify(theme);
  if (key === configured) return;
  configured = key;
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    htmlLabels: false,
    maxTextSize: MAX_TEXT,
    maxEdges: 1000,
    suppressErrorRendering: true,
    deterministicIds: true,
    theme: "base",
    themeVariables: { ...theme.variables, fontFamily: theme.font, darkMode: theme.dark },
    fontFamily: theme.font,
    // Mermaid paints the rings of crow's feet white, whatever the background is.
    themeCSS: `marker:not([id*="sequencenumber"]) circle { fill: ${theme.variables.background}; }`,
    sequence: { useMaxWidth: false, mirrorActors: false, wrap: true, width: 170, actorMargin: 56, messageMargin: 40 },
    look: "classic",
    layout: "elk",
    er: { useMaxWidth: false, layout: "elk" },
    // What a text may not change about itself, besides what Mermaid keeps by default.
    secure: [
      ...mermaid.mermaidAPI.defaultConfig.secure,
      "layout",
      "look",
      "er",
      "theme",
      "themeVariables",
      "themeCSS",
      "fontFamily",
      "htmlLabels",
    ],
  });
}

/** Without a second row of heads Mermaid ends lifelines where no longer story was expected. */
function mendLifelines(svg) {
  const [, , top, , height] = /viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  const foot = Number(top) + Number(height);
  return Number.isFinite(foot) ? svg.replace(/(<line[^>]* y2=")2000("[^>]*class="actor-line)/g, `$1${foot}$2`) : svg;
}

async function draw({ id, source, theme }) {
  try {
    configure(theme);
    const { svg } = await mermaid.render(`d${id}`, source);
    return { id, svg: mendLifelines(svg) };
  } catch {
    return { id, failed: true };
  }
}

addEventListener("message", (event) => {
  if (event.source !== parent || !event.ports[0]) return;
  const port = event.ports[0];
  let last = Promise.resolve();
  // Mermaid keeps state between calls, so drawings go one after the other.
  port.onmessage = ({ data }) => {
    last = last.then(async () => port.postMessage(await draw(data)));
  };
  port.postMessage({ ready: true });
});
parent.postMessage("designchord:diagram-frame", "*");
