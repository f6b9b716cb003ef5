/** What a browser counts of a page: when the picture stood there, and long tasks. */
window.seen = { picture: 0, paint: 0, tasks: [] };
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) seen.tasks.push([startTime, duration]);
}).observe({ type: "longtask", buffered: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (entry.name === "first-contentful-paint") seen.paint = entry.startTime;
}).observe({ type: "paint", buffered: true });
/** What Mermaid drew stands in a tree of its own, empty until it is drawn. */
const isThere = (found) => found && (!found.matches(".inline-drawing") || found.shadowRoot?.firstChild);
const look = () => {
  if (isThere(document.querySelector(PICTURE))) requestAnimationFrame(() => setTimeout(() => (seen.picture = performance.now())));
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
