// Draws every diagram of the page; a figure that cannot be drawn keeps showing its source.
(async () => {
  const figures = [...document.querySelectorAll("figure[data-diagram]")];
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colours = {
    light: {
      primaryColor: "#eef3f9",
      primaryBorderColor: "#7d93ad",
      lineColor: "#4b5866",
      textColor: "#1d2126",
      background: "#ffffff",
    },
    dark: {
      primaryColor: "#2a3440",
      primaryBorderColor: "#6f8399",
      lineColor: "#a3acb7",
      textColor: "#e4e7eb",
      background: "#1b1f24",
    },
  };

  function configure(shade) {
    const { textColor, ...own } = colours[shade];
    mermaid.initialize({
      startOnLoad: false,
      securityLevel: "strict",
      htmlLabels: false,
      suppressErrorRendering: true,
      theme: "base",
      themeVariables: {
        ...own,
        textColor,
        fontSize: "14px",
        edgeLabelBackground: own.background,
        tertiaryColor: own.background,
        primaryTextColor: textColor,
        activationBkgColor: own.primaryColor,
        activationBorderColor: own.primaryBorderColor,
        darkMode: shade === "dark",
      },
      fontFamily: getComputedStyle(document.body).fontFamily,
      layout: "dagre",
      er: { layout: "dagre", useMaxWidth: false },
      sequence: { mirrorActors: false, useMaxWidth: false },
    });
  }

  // A wide drawing shrinks to its frame as long as it stays readable; beyond that the frame scrolls.
  function fit(svg, figure) {
    const natural = svg.viewBox.baseVal.width;
    const room = figure.clientWidth - 2 * parseFloat(getComputedStyle(figure).paddingLeft);
    if (natural > room) {
      svg.style.width = `${Math.max(room, 0.65 * natural)}px`;
      svg.style.height = "auto";
    }
  }

  async function draw(shade) {
    configure(shade);
    for (const [number, figure] of figures.entries()) {
      try {
        const { svg } = await mermaid.render(`diagram-${shade}-${number}`, figure.querySelector("pre").textContent);
        const holder = document.createElement("div");
        holder.className = shade;
        holder.innerHTML = svg;
        figure.prepend(holder);
        fit(holder.firstElementChild, figure);
        figure.classList.add("drawn");
      } catch {
        figure.dataset.failed = shade;
      }
    }
  }

  // Paper is white, so the light drawing is always made; the dark one only for a screen that wants it.
  await draw("light");
  let missing = true;
  const darken = async () => {
    if (dark.matches && missing) {
      missing = false;
      await draw("dark");
    }
  };
  await darken();
  dark.addEventListener("change", darken);
  document.documentElement.dataset.drawn = "yes";
})();
