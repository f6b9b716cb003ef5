// Draws every diagram of the page; a figure that cannot be drawn keeps showing its source.
(async () => {
  const figures = [...document.querySelectorAll("figure[data-diagram]")];
  const dark = matchMedia("(prefers-color-scheme: dark)");

  async function draw(theme, shade) {
    mermaid.initialize({
      startOnLoad: false,
      securityLevel: "strict",
      htmlLabels: false,
      theme,
      suppressErrorRendering: true,
      fontFamily: getComputedStyle(document.body).fontFamily,
    });
    for (const [number, figure] of figures.entries()) {
      try {
        const { svg } = await mermaid.render(`diagram-${shade}-${number}`, figure.querySelector("pre").textContent);
        const holder = document.createElement("div");
        holder.className = shade;
        holder.innerHTML = svg;
        figure.prepend(holder);
        figure.classList.add("drawn");
      } catch {
        figure.dataset.failed = shade;
      }
    }
  }

  // Paper is white, so the light drawing is always made; the dark one only for a screen that wants it.
  await draw("default", "light");
  let missing = true;
  const darken = async () => {
    if (dark.matches && missing) {
      missing = false;
      await draw("dark", "dark");
    }
  };
  await darken();
  dark.addEventListener("change", darken);
  document.documentElement.dataset.drawn = "yes";
})();
