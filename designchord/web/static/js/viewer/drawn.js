/** What Mermaid drew, on the stage. */
import { html, useEffect, useMemo, useState } from "../dom.js";
import { t } from "../i18n.js";
import { markMessages } from "../running/marks.js";
import { LaneHeads, readLanes } from "../sequence/heads.js";
import { Messages, readMessages } from "../sequence/messages.js";
import { InlineDrawing } from "./inline.js";
import { Stage } from "./stage.js";
import { useViewport } from "./viewport.js";

/**
 * Stories keep the names of their lanes in sight; messages that broke are marked, and those that were sought.
 * @param {{drawing: any, failed: boolean, title: string, broken?: number[], found?: number[], goal?: {place: number} | null, tools?: any, label?: string}} props
 *   `broken` and `found` are places among the messages, `goal` the one to go to; `label` is what is read out
 */
export function Drawn({ drawing, failed, title, broken = [], found = [], goal = null, tools = null, label = title }) {
  const [lanes, setLanes] = useState(/** @type {ReturnType<typeof readLanes> | null} */ (null));
  const [messages, setMessages] = useState(/** @type {ReturnType<typeof readMessages>} */ ([]));
  const port = useViewport(drawing);
  const marks = broken.join();
  const onDrawn = (drawn) => {
    markMessages(drawn, broken);
    setLanes(readLanes(drawn));
    setMessages(readMessages(drawn));
  };
  const picture = useMemo(
    () => drawing && html`<${InlineDrawing} drawing=${drawing} label=${label} marks=${marks} onDrawn=${onDrawn} />`,
    [drawing, label, marks],
  );
  const shapes = useMemo(
    () => (lanes && drawing ? lanes.lanes.map(({ x }) => ({ x: x - 30, y: 0, width: 60, height: lanes.bottom })) : []),
    [lanes, drawing],
  );
  useEffect(() => {
    const message = goal && messages[goal.place];
    if (message) port.show(message, 1);
  }, [goal]);
  const over = html`${!drawing && html`<p class="stage-empty hint">${failed ? t("diagram.failed") : t("diagram.waiting")}</p>`}
    <${Messages} messages=${messages} found=${found} goal=${goal} view=${port.view} />
    ${lanes && lanes.lanes.length > 0 && html`<${LaneHeads} ...${lanes} view=${port.view} />`}`;
  return html`<${Stage} title=${title} size=${drawing} port=${port} shapes=${shapes} tools=${tools} over=${over}
    note=${drawing && failed ? t("diagram.lastGood") : ""}>${picture}<//>`;
}
