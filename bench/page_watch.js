/** What a browser counts of a page: when the picture stood there, long tasks, and how much moved. */
window.seen = { picture: 0, paint: 0, tasks: [], shift: 0, shifts: [] };
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) seen.tasks.push([startTime, duration]);
}).observe({ type: "longtask", buffered: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (entry.name === "first-contentful-paint") seen.paint = entry.startTime;
}).observe({ type: "paint", buffered: true });
// Cumulative layout shift: the worst window of five seconds at most without a calm one in it.
let [begin, last, sum] = [0, 0, 0];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    if (entry.startTime - last > 1000 || entry.startTime - begin > 5000) [begin, sum] = [entry.startTime, 0];
    last = entry.startTime;
    sum += entry.value;
    seen.shift = Math.max(seen.shift, sum);
    const place = ({ left, top, width, height }) => [left, top, width, height].map(Math.round).join(" ");
    const name = ({ node, previousRect, currentRect }) =>
      `${node?.localName ?? "text"}.${node?.className} ${place(previousRect)} > ${place(currentRect)}`;
    seen.shifts.push([Math.round(entry.startTime), Number(entry.value.toFixed(4)), ...entry.sources.map(name)]);
  }
}).observe({ type: "layout-shift", buffered: true });
/** What Mermaid drew stands in a tree of its own, empty until it is drawn. */
const isThere = (found) => found && (!found.matches(".inline-drawing") || found.shadowRoot?.firstChild);
const look = () => {
  if (isThere(document.querySelector(PICTURE))) requestAnimationFrame(() => setTimeout(() => (seen.picture = performance.now())));
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
