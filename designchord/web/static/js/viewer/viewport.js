/** Zoom and pan of one picture on its stage: wheel, drag, pinch, double click, keys and buttons, within bounds. */
import { useEffect, useRef, useState } from "../dom.js";

const LARGEST = 4;
const MARGIN_PX = 16;
/** Scaled down further than this, a tall picture is begun at its top instead of shown whole. */
const READABLE = 0.75;
/** So much of a picture stays in sight however far it is moved. */
const IN_SIGHT_PX = 96;
/** A wheel that was scrolling the page goes on doing so when the stage comes under the pointer. */
const SCROLLING_MS = 300;
const LINE_PX = 16;

/** @typedef {{scale: number, x: number, y: number}} View */
/** @typedef {{width: number, height: number}} Size */

const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

/** The scale at which all of it is seen, never larger than life. */
const wholeScale = (box, { width, height }) =>
  Math.min((box.clientWidth - 2 * MARGIN_PX) / width, (box.clientHeight - 2 * MARGIN_PX) / height, 1);

const leastScale = (box, size) => Math.min(wholeScale(box, size), 0.5);

/** @returns {View} */
function fitView(box, { width, height }, toRead) {
  const whole = wholeScale(box, { width, height });
  const across = (box.clientWidth - 2 * MARGIN_PX) / width;
  const scale = Math.max(toRead && whole < READABLE ? Math.min(across, 1) : whole, 0.02);
  return {
    scale,
    x: Math.max(MARGIN_PX, (box.clientWidth - width * scale) / 2),
    y: Math.max(MARGIN_PX, (box.clientHeight - height * scale) / 2),
  };
}

/** @returns {View} a view that does not lose its picture */
function bounded({ scale, x, y }, box, size) {
  const inSight = (length, available) => Math.min(IN_SIGHT_PX, length * scale, available / 2);
  const [across, down] = [inSight(size.width, box.clientWidth), inSight(size.height, box.clientHeight)];
  return {
    scale,
    x: clamp(x, across - size.width * scale, box.clientWidth - across),
    y: clamp(y, down - size.height * scale, box.clientHeight - down),
  };
}

function middleOf(pointers) {
  const [a, b] = [...pointers.values()];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, distance: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)) };
}

let scrolledAt = -SCROLLING_MS;
addEventListener("scroll", () => (scrolledAt = performance.now()), { passive: true });

const PAN_KEYS = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };

const isText = (event) => Boolean(event.composedPath()[0].closest?.("text"));
/** What lies over the picture has clicks, wheels and text of its own. */
const isOnStage = (event) => !event.target.closest?.(".stage-over, .minimap");

/** One pointer moves, two zoom; text under a mouse is selected instead. */
function createGestures(box, { move, zoomAround }) {
  const pointers = new Map();
  const at = (event) => {
    const rect = box.current.getBoundingClientRect();
    return { x: event.clientX - rect.left, y: event.clientY - rect.top };
  };
  const release = (event) => pointers.delete(event.pointerId);
  return {
    onPointerDown(event) {
      const onText = event.pointerType === "mouse" && isText(event);
      if (event.button !== 0 || onText || !isOnStage(event)) return;
      pointers.set(event.pointerId, at(event));
    },
    onPointerMove(event) {
      const last = pointers.get(event.pointerId);
      if (!last) return;
      const now = at(event);
      // Taken only when it moves, so that a click still reaches what it is on.
      if (!box.current.hasPointerCapture(event.pointerId)) {
        if (Math.hypot(now.x - last.x, now.y - last.y) < 3) return;
        box.current.setPointerCapture(event.pointerId);
      }
      const before = pointers.size === 2 ? middleOf(pointers) : null;
      pointers.set(event.pointerId, now);
      if (!before) return move(now.x - last.x, now.y - last.y);
      const after = middleOf(pointers);
      zoomAround(after.distance / before.distance, before.x, before.y);
      move(after.x - before.x, after.y - before.y);
    },
    onPointerUp: release,
    onPointerCancel: release,
  };
}

/** Zooms around the pointer; where it can go no further out, the page scrolls. */
function useWheel(box, zoomAround, isLeast) {
  useEffect(() => {
    const element = box.current;
    const onWheel = (event) => {
      const pinched = event.ctrlKey || event.metaKey;
      const delta = event.deltaY * (event.deltaMode === 1 ? LINE_PX : 1);
      if (!pinched && (performance.now() - scrolledAt < SCROLLING_MS || event.shiftKey)) return;
      if (!isOnStage(event)) return;
      if (!delta || (delta > 0 && !pinched && isLeast())) return;
      event.preventDefault();
      const rect = element.getBoundingClientRect();
      const factor = Math.exp(-clamp(delta, -120, 120) * (pinched ? 0.01 : 0.0018));
      zoomAround(factor, event.clientX - rect.left, event.clientY - rect.top);
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, []);
}

/** A growing picture stays fitted until the person takes over. */
function useFitting(box, size, touched, fit) {
  useEffect(() => {
    if (!touched.current) fit(true);
    const observer = new ResizeObserver(() => touched.current || fit(true));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [size?.width, size?.height]);
}

/** @typedef {ReturnType<typeof useViewport>} Port */

/** @param {Size | null} size of the picture */
export function useViewport(size) {
  const box = useRef(null);
  const known = useRef(size);
  known.current = size;
  const touched = useRef(false);
  const [view, setView] = useState({ scale: 1, x: MARGIN_PX, y: MARGIN_PX });
  const now = useRef(view);
  const put = (next) => {
    now.current = known.current ? bounded(next, box.current, known.current) : next;
    setView(now.current);
  };
  const take = (next) => {
    touched.current = true;
    put(next);
  };
  const move = (x, y) => take({ ...now.current, x: now.current.x + x, y: now.current.y + y });
  const zoomAround = (factor, x, y) => {
    if (!known.current) return;
    const last = now.current;
    const scale = clamp(last.scale * factor, leastScale(box.current, known.current), LARGEST);
    const ratio = scale / last.scale;
    take({ scale, x: x - (x - last.x) * ratio, y: y - (y - last.y) * ratio });
  };
  const zoom = (factor) => zoomAround(factor, box.current.clientWidth / 2, box.current.clientHeight / 2);
  const fit = (toRead = false) => box.current && known.current && put(fitView(box.current, known.current, toRead));
  /** Bring a part of the picture into the middle, at least so large. */
  const show = ({ x, y, width, height }, scale = now.current.scale) => {
    const { clientWidth, clientHeight } = box.current;
    const most = Math.min((clientWidth - 80) / width, (clientHeight - 80) / height, LARGEST);
    const chosen = Math.min(Math.max(scale, now.current.scale), most);
    take({
      scale: chosen,
      x: clientWidth / 2 - (x + width / 2) * chosen,
      y: clientHeight / 2 - (y + height / 2) * chosen,
    });
  };
  const gestures = useRef(null);
  gestures.current ??= createGestures(box, { move, zoomAround });
  const isLeast = () => !known.current || now.current.scale <= leastScale(box.current, known.current) * 1.001;
  useWheel(box, zoomAround, isLeast);
  useFitting(box, size, touched, fit);
  const onKeyDown = (event) => {
    if (event.target !== box.current) return;
    if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else if (event.key === "0") fit();
    else if (event.key in PAN_KEYS) move(...PAN_KEYS[event.key]);
    else return;
    event.preventDefault();
  };
  const onDblClick = (event) => {
    if (isText(event) || !isOnStage(event)) return;
    const rect = box.current.getBoundingClientRect();
    zoomAround(event.shiftKey ? 0.5 : 2, event.clientX - rect.left, event.clientY - rect.top);
  };
  return { box, view, fit, zoom, show, move, handlers: { ...gestures.current, onKeyDown, onDblClick } };
}
