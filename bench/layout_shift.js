/** How much of a page moved by itself: the worst window of five seconds at most without a calm one in it, as browsers count. */
window.moved = { worst: 0, shifts: [] };
{
  let [begin, last, sum] = [0, 0, 0];
  const place = ({ left, top, width, height }) => [left, top, width, height].map(Math.round).join(" ");
  const name = ({ node, previousRect, currentRect }) =>
    `${node?.localName ?? "text"}.${node?.className} ${place(previousRect)} > ${place(currentRect)}`;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      if (entry.startTime - last > 1000 || entry.startTime - begin > 5000) [begin, sum] = [entry.startTime, 0];
      last = entry.startTime;
      sum += entry.value;
      moved.worst = Math.max(moved.worst, sum);
      moved.shifts.push([Math.round(entry.startTime), Number(entry.value.toFixed(4)), ...entry.sources.map(name)]);
    }
  }).observe({ type: "layout-shift", buffered: true });
}
