/**
 * Keeps the store up to date: one stream of events that resumes where it broke, and asking again where streams do not
 * get through. What the page knows of its own freshness is `status`: live, behind, polling or offline.
 */
import { api } from "../api.js";
import { learnTime, serverNow } from "../clock.js";
import { hasEnded, isPending } from "./items.js";
import { fold, keyOf } from "./store.js";

const TYPES = ["snapshot", "design", "step", "delta", "revision", "verification", "request", "report", "done"];
const POLL_MS = 2000;
const CALM_POLL_MS = 10_000;
const BEHIND_AFTER_MS = 1500;
const SILENCE_MS = 45_000;
const FAILURES_BEFORE_POLLING = 3;
const STREAM_AGAIN_MS = 30_000;

/** Whether the server is there, as far as is known. @param {string} status */
export const isReached = (status) => status !== "behind" && status !== "offline";

/** Whether nothing comes by itself: it has ended, and no model reads a request of it. */
const isStill = (design) => hasEnded(design) && !design.requests?.some(isPending);

export class Connection {
  /** @type {EventSource | null} */
  #source = null;
  #timers = new Map();
  #failures = 0;
  #closed = false;

  /**
   * @param {string} id
   * @param {{store: Store<Snapshot | null>, live: LiveText, status: Store<string>, missing: Store<boolean>}} stores
   */
  constructor(id, { store, live, status, missing }) {
    this.id = id;
    this.store = store;
    this.live = live;
    this.status = status;
    this.missing = missing;
  }

  async open() {
    addEventListener("online", () => this.#restart());
    addEventListener("offline", () => this.status.change("offline"));
    document.addEventListener("visibilitychange", () => this.#onVisibility());
    if (await this.reload()) this.#listen();
    else if (!this.missing.read()) this.#poll();
  }

  /** Read the whole design again. @returns whether that worked */
  async reload() {
    try {
      const snapshot = await api.readDesign(this.id);
      const known = this.store.read();
      if (!known || snapshot.last_event_id >= known.last_event_id) this.store.change(snapshot);
      return true;
    } catch (error) {
      if (error.status === 404) this.missing.change(true);
      else if (error.status === 0) this.status.change("offline");
      return false;
    }
  }

  #listen() {
    this.#stop();
    if (this.#closed || typeof EventSource === "undefined") return this.#poll();
    const source = new EventSource(api.eventsUrl(this.id, this.store.read()?.last_event_id ?? 0));
    this.#source = source;
    source.onopen = () => this.#onOpen();
    source.onerror = () => this.#onError(source);
    for (const type of TYPES) source.addEventListener(type, (event) => this.#onEvent(type, event));
    this.#watchSilence();
    return undefined;
  }

  #onOpen() {
    this.#clear("behind");
    this.#failures = 0;
    this.status.change("live");
    // It may have opened while the network went away; without one, a server on this machine still answers.
    if (!navigator.onLine) this.reload();
  }

  #onEvent(type, event) {
    this.#watchSilence();
    const data = JSON.parse(event.data);
    if (type === "delta") return this.#onText(data);
    if (type === "step") learnTime(data.finished_at ?? data.first_token_at ?? data.started_at);
    const id = Number(event.lastEventId) || 0;
    const known = this.store.read();
    // Numbers have no gaps; one that is skipped means something was lost on the way.
    if (type !== "snapshot" && known && id > known.last_event_id + 1) return this.reload();
    if (type === "revision") this.live.clear(data);
    if (type === "report" || type === "done") this.live.settle();
    this.store.change(fold(known, type, data, id));
    // What a changed blueprint makes stale is said by the design as a whole.
    if (type === "revision" && data.kind === "blueprint" && data.revision.number > 1) this.reload();
    return undefined;
  }

  /** Text is the first sign that a model has begun to answer; the step says so only later. */
  #onText(delta) {
    this.live.add(delta);
    const design = this.store.read();
    const asked = delta.kind === "request";
    const step = asked
      ? design?.requests?.find(({ id }) => id === delta.part)
      : design?.steps.find((entry) => keyOf(entry) === keyOf(delta));
    if (step?.state !== "running" || !["asking", "waiting"].includes(step.phase) || step.first_token_at) return;
    const writing = { ...step, phase: "writing", first_token_at: new Date(serverNow()).toISOString() };
    this.store.change(fold(design, asked ? "request" : "step", writing, 0));
  }

  #onError(source) {
    this.#failures += 1;
    if (source.readyState === EventSource.CLOSED || this.#failures >= FAILURES_BEFORE_POLLING) {
      this.#stop();
      this.#poll();
      this.#after("again", STREAM_AGAIN_MS, () => this.#restart());
      return;
    }
    this.#after("behind", BEHIND_AFTER_MS, () => this.status.change(navigator.onLine ? "behind" : "offline"));
  }

  async #poll() {
    const reached = await this.reload();
    if (this.missing.read() || this.#source) return;
    if (reached) this.status.change("polling");
    const calm = document.hidden || isStill(this.store.read());
    this.#after("poll", calm ? CALM_POLL_MS : POLL_MS, () => this.#poll());
  }

  #restart() {
    this.#failures = 0;
    if (this.store.read()) this.#listen();
    else this.#poll();
  }

  /** A finished design in a hidden tab needs no connection; browsers allow only six to one server. */
  #onVisibility() {
    if (document.hidden && isStill(this.store.read())) this.#stop();
    else if (!document.hidden && !this.#source) this.#restart();
  }

  /** Heartbeats come as comments that nobody sees, so silence while work goes on is answered by looking. */
  #watchSilence() {
    this.#after("silence", SILENCE_MS, async () => {
      if (!isStill(this.store.read())) await this.reload();
      this.#watchSilence();
    });
  }

  #stop() {
    this.#source?.close();
    this.#source = null;
    for (const name of [...this.#timers.keys()]) this.#clear(name);
  }

  #after(name, milliseconds, act) {
    this.#clear(name);
    this.#timers.set(name, setTimeout(act, milliseconds));
  }

  #clear(name) {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}
