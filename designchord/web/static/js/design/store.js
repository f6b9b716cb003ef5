/**
 * The design as the page knows it: a snapshot, and the events after it folded in. Everything shown follows from here.
 */
import { useEffect, useState } from "../dom.js";

/** @param {Place} place */
export const keyOf = ({ kind, part }) => (part ? `${kind}/${part}` : kind);

const samePlace = (a) => (b) => a.kind === b.kind && (a.part || "") === (b.part || "");

/** A list with an entry in its place, or without it when the blueprint has no such part any more. */
function put(list, entry) {
  const place = list.findIndex(samePlace(entry));
  if (entry.retired) return place < 0 ? list : list.toSpliced(place, 1);
  return place < 0 ? [...list, entry] : list.with(place, entry);
}

/** Requests in their order, without those that were let go. */
function withRequest(requests, entry) {
  const place = requests.findIndex(({ id }) => id === entry.id);
  if (entry.closed) return place < 0 ? requests : requests.toSpliced(place, 1);
  return place < 0 ? [...requests, entry] : requests.with(place, entry);
}

const FOLDS = {
  design: (design, data) => ({ ...design, ...data }),
  step: (design, data) => ({ ...design, steps: put(design.steps, data) }),
  revision: (design, data) => ({ ...design, artifacts: put(design.artifacts, data) }),
  verification: (design, { number }) => ({ ...design, verified: number }),
  request: (design, data) => ({ ...design, requests: withRequest(design.requests ?? [], data) }),
  report: (design, data) => ({ ...design, ...data }),
  done: (design, data) => ({ ...design, ...data }),
};

/**
 * A design after one more event. Events that are already in it change nothing.
 * @param {Snapshot | null} design @param {string} type @param {object} data @param {number} id 0: not numbered
 */
export function fold(design, type, data, id) {
  if (type === "snapshot") return data;
  if (!design || !(type in FOLDS) || (id && id <= design.last_event_id)) return design;
  return { ...FOLDS[type](design, data), last_event_id: id || design.last_event_id };
}

/**
 * Holds a value and tells who listens, at most once a frame; what there was nothing of before is told at once.
 * @template T @param {T} initial @returns {Store<T>}
 */
export function createStore(initial) {
  let state = initial;
  let waiting = false;
  const listeners = new Set();
  const tell = () => {
    waiting = false;
    for (const listener of listeners) listener();
  };
  return {
    read: () => state,
    change(next) {
      if (next === state) return;
      const isFirst = state === null;
      state = next;
      if (isFirst) return tell();
      if (!waiting) {
        waiting = true;
        // A hidden page gets no frames, but its title still tells how far the design is.
        document.hidden ? setTimeout(tell, 250) : requestAnimationFrame(tell);
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The store's value, and a new rendering whenever it changes. @template T @param {Store<T>} store @returns {T} */
export function useStore(store) {
  const [value, setValue] = useState(store.read());
  useEffect(() => {
    const update = () => setValue(store.read());
    update();
    return store.subscribe(update);
  }, [store]);
  return value;
}

/** Live text by place. Kept apart from the design, so that each piece redraws one panel only. @returns {LiveText} */
export function createLiveText() {
  const texts = new Map();
  const storeOf = (key) => {
    if (!texts.has(key)) texts.set(key, createStore(""));
    return texts.get(key);
  };
  const runs = new Map();
  /** Parts that are only known from a blueprint that is being written. */
  const grown = createStore(/** @type {Titled[]} */ ([]));
  return {
    storeOf,
    grown,
    /** What was known of a blueprint while it was written is there, or is not to be. */
    settle() {
      for (const place of grown.read()) if (runs.get(keyOf(place)) === 0) storeOf(keyOf(place)).change("");
      grown.change([]);
    },
    add(delta) {
      const key = keyOf(delta);
      if (delta.run === 0 && !grown.read().some((place) => keyOf(place) === key))
        grown.change([...grown.read(), { kind: delta.kind, part: delta.part, title: delta.title }]);
      const store = storeOf(key);
      const known = runs.get(key) === delta.run && delta.offset ? store.read() : "";
      runs.set(key, delta.run);
      // A piece that was lost leaves a gap; what follows it cannot be placed, so the text waits for its next start.
      if (delta.offset <= known.length) store.change(known.slice(0, delta.offset) + delta.text);
    },
    clear(place) {
      texts.get(keyOf(place))?.change("");
    },
  };
}
