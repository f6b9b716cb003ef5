// Runs before the page's modules: when one of them does not arrive, nothing of the page is there to say so.
addEventListener(
  "error",
  ({ target }) => {
    // What runs ahead of the page only makes it quicker.
    if (!(target instanceof HTMLScriptElement) || target.type !== "module" || target.async) return;
    const RELOADED = "designchord.reloaded";
    const unloaded = document.getElementById("unloaded");
    if (Date.now() - Number(sessionStorage.getItem(RELOADED)) > 30_000) {
      sessionStorage.setItem(RELOADED, String(Date.now()));
      location.reload();
    } else if (unloaded) {
      unloaded.hidden = false;
      unloaded.querySelector("button")?.addEventListener("click", () => location.reload());
    }
  },
  true,
);
