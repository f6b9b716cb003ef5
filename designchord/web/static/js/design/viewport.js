/** Zoom and pan of one picture: wheel, drag, pinch, keys and buttons. */
import { useEffect, useRef, useState } from "../dom.js";

const SMALLEST = 0.1;
const LARGEST = 8;
const MARGIN_PX = 24;
const READABLE = 0.8;

const clamp = (scale) => Math.min(LARGEST, Math.max(SMALLEST, scale));

/** The view that shows the whole picture, never larger than life; to read, small print is cut at the foot instead. */
function fitView(box, { width, height }, toRead) {
  const across = (box.clientWidth - 2 * MARGIN_PX) / width;
  const down = (box.clientHeight - 2 * MARGIN_PX) / height;
  const whole = Math.min(across, down, 1);
  const scale = clamp(toRead && whole < READABLE ? Math.min(across, READABLE) : whole);
  return {
    scale,
    x: Math.max(MARGIN_PX, (box.clientWidth - width * scale) / 2),
    y: Math.max(MARGIN_PX, (box.clientHeight - height * scale) / 2),
  };
}

/** Another scale that leaves the point (x, y) of the box where it is. */
function zoomAt(view, factor, x, y) {
  const scale = clamp(view.scale * factor);
  const ratio = scale / view.scale;
  return { scale, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio };
}

function middleOf(pointers) {
  const [a, b] = [...pointers.values()];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, distance: Math.hypot(a.x - b.x, a.y - b.y) };
}

/** Pointer handlers: one pointer pans, two zoom. */
function createGestures(box, setView) {
  const pointers = new Map();
  const at = (event) => {
    const rect = box.current.getBoundingClientRect();
    return { x: event.clientX - rect.left, y: event.clientY - rect.top };
  };
  return {
    onPointerDown(event) {
      if (event.button !== 0) return;
      box.current.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, at(event));
    },
    onPointerMove(event) {
      const last = pointers.get(event.pointerId);
      if (!last) return;
      const before = pointers.size === 2 ? middleOf(pointers) : null;
      const now = at(event);
      pointers.set(event.pointerId, now);
      if (!before) return setView((view) => ({ ...view, x: view.x + now.x - last.x, y: view.y + now.y - last.y }));
      const after = middleOf(pointers);
      return setView((view) => {
        const zoomed = zoomAt(view, after.distance / before.distance, before.x, before.y);
        return { ...zoomed, x: zoomed.x + after.x - before.x, y: zoomed.y + after.y - before.y };
      });
    },
    onPointerUp: (event) => pointers.delete(event.pointerId),
    onPointerCancel: (event) => pointers.delete(event.pointerId),
  };
}

const PAN_KEYS = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };

/** @param {{width: number, height: number} | null} picture */
export function useViewport(picture) {
  const box = useRef(null);
  const [view, setView] = useState({ scale: 1, x: MARGIN_PX, y: MARGIN_PX });
  const touched = useRef(false);
  const gestures = useRef(null);
  gestures.current ??= createGestures(box, (change) => {
    touched.current = true;
    setView(change);
  });
  const fit = (toRead = false) => box.current && picture && setView(fitView(box.current, picture, toRead));
  const zoom = (factor) => {
    touched.current = true;
    setView((last) => zoomAt(last, factor, box.current.clientWidth / 2, box.current.clientHeight / 2));
  };
  // A growing picture stays fitted until the person takes over.
  useEffect(() => {
    if (!touched.current) fit(true);
  }, [picture?.width, picture?.height]);
  useEffect(() => {
    const observer = new ResizeObserver(() => touched.current || fit(true));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [picture?.width, picture?.height]);
  useEffect(() => {
    const element = box.current;
    const onWheel = (event) => {
      // Plain wheels scroll the page, as everywhere; with Ctrl (and pinches on pads) they zoom.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      touched.current = true;
      const rect = element.getBoundingClientRect();
      setView((last) =>
        zoomAt(last, Math.exp(-event.deltaY / 300), event.clientX - rect.left, event.clientY - rect.top),
      );
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, []);
  const onKeyDown = (event) => {
    if (event.target !== box.current) return;
    if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else if (event.key === "0") fit();
    else if (event.key in PAN_KEYS) {
      const [x, y] = PAN_KEYS[event.key];
      touched.current = true;
      setView((last) => ({ ...last, x: last.x + x, y: last.y + y }));
    } else return;
    event.preventDefault();
  };
  return { box, view, fit, zoom, handlers: { ...gestures.current, onKeyDown } };
}
