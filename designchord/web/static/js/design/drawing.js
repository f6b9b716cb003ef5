/** The page's side of the frame that draws Mermaid (frames/diagram.js): source in, SVG text out. */
import { isDark } from "../theme.js";

const FRAME = "/frames/diagram/";
const FONT = getComputedStyle(document.documentElement).getPropertyValue("--font-sans").trim();
const TIMEOUT_MS = 20_000;
const SILENCE_MS = 1_000;
const LONGEST_PAUSE_MS = 16_000;
const MOST_KEPT = 60;

const LIGHT = {
  background: "#ffffff",
  primaryColor: "#eef4f4",
  primaryTextColor: "#17211f",
  primaryBorderColor: "#7fa5a2",
  lineColor: "#5c6b69",
  secondaryColor: "#f4f1ea",
  tertiaryColor: "#f6f7f7",
  textColor: "#17211f",
  actorBkg: "#eef4f4",
  actorBorder: "#7fa5a2",
  actorTextColor: "#17211f",
  actorLineColor: "#8d9b99",
  signalColor: "#3f4d4b",
  signalTextColor: "#17211f",
  labelBoxBkgColor: "#f4f1ea",
  labelBoxBorderColor: "#c9bfa7",
  labelTextColor: "#4a412b",
  loopTextColor: "#4a412b",
  noteBkgColor: "#fbf6e6",
  noteBorderColor: "#dccf9f",
  noteTextColor: "#3d3519",
  sequenceNumberColor: "#ffffff",
  activationBkgColor: "#dcebea",
  activationBorderColor: "#7fa5a2",
  edgeLabelBackground: "#f4f1ea",
  rowOdd: "#ffffff",
  rowEven: "#f5f8f8",
  attributeBackgroundColorOdd: "#ffffff",
  attributeBackgroundColorEven: "#f5f8f8",
};
const DARK = {
  background: "#15191a",
  primaryColor: "#1e2a2a",
  primaryTextColor: "#e6eceb",
  primaryBorderColor: "#4e7774",
  lineColor: "#94a5a3",
  secondaryColor: "#2a271f",
  tertiaryColor: "#1b2021",
  textColor: "#e6eceb",
  actorBkg: "#1e2a2a",
  actorBorder: "#4e7774",
  actorTextColor: "#e6eceb",
  actorLineColor: "#5f706e",
  signalColor: "#a9b8b6",
  signalTextColor: "#e6eceb",
  labelBoxBkgColor: "#2a271f",
  labelBoxBorderColor: "#6b6247",
  labelTextColor: "#dccfa8",
  loopTextColor: "#dccfa8",
  noteBkgColor: "#2d2919",
  noteBorderColor: "#6f6436",
  noteTextColor: "#efe6c4",
  sequenceNumberColor: "#15191a",
  activationBkgColor: "#274443",
  activationBorderColor: "#4e7774",
  edgeLabelBackground: "#2a271f",
  rowOdd: "#171c1d",
  rowEven: "#1d2425",
  attributeBackgroundColorOdd: "#171c1d",
  attributeBackgroundColorEven: "#1d2425",
};

/** @typedef {{svg: string, width: number, height: number}} Drawing */

/** @type {Promise<MessagePort> | null} */
let frame = null;
let count = 0;
const waiting = new Map();
/** What was asked for, by theme and source; twice while it is drawn is once. @type {Map<string, Promise<Drawing | null>>} */
const drawn = new Map();

/** A frame that draws, or nothing where it did not load. @returns {Promise<MessagePort | null>} */
function makeFrame() {
  return new Promise((resolve) => {
    const element = document.createElement("iframe");
    Object.assign(element, { src: FRAME, title: "", tabIndex: -1, className: "drawing-frame" });
    element.setAttribute("sandbox", "allow-scripts");
    element.setAttribute("aria-hidden", "true");
    let greeted = false;
    const greet = (event) => {
      if (event.source !== element.contentWindow || event.data !== "designchord:diagram-frame") return;
      greeted = true;
      removeEventListener("message", greet);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => (data.ready ? resolve(port1) : answer(data));
      element.contentWindow?.postMessage(null, "*", [port2]);
    };
    const giveUp = () => {
      if (greeted) return;
      removeEventListener("message", greet);
      element.remove();
      resolve(null);
    };
    addEventListener("message", greet);
    // It has run its modules by then, so one that says nothing lacks one; what it says comes from another process.
    element.addEventListener("load", () => setTimeout(giveUp, SILENCE_MS));
    document.body.append(element);
  });
}

/** What did not load is asked for again, less and less often. */
async function makeFrameAtLast() {
  for (let pause = SILENCE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const port = await makeFrame();
    if (port) return port;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** The frame is made on first use, so that pages without diagrams never load Mermaid. */
function openFrame() {
  frame ??= makeFrameAtLast();
  return frame;
}

/** Load the drawing frame before it is needed. */
export const warmUp = () => void openFrame();

/** @param {{id: number, svg?: string}} drawn */
function answer({ id, svg }) {
  waiting.get(id)?.(typeof svg === "string" ? readSize(svg) : null);
  waiting.delete(id);
}

/** An image needs a size of its own; Mermaid gives it in the view box. @returns {Drawing | null} */
function readSize(svg) {
  const box = /viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"/.exec(svg);
  if (!box) return null;
  const [width, height] = [Math.ceil(Number(box[3])), Math.ceil(Number(box[4]))];
  const sized = svg.replace(/^<svg([^>]*)>/, (_, attributes) => {
    const kept = attributes.replace(/\s(width|height|style)="[^"]*"/g, "");
    return `<svg${kept} width="${width}" height="${height}">`;
  });
  return { svg: sized, width, height };
}

/**
 * Draw a whole diagram; null when it cannot be drawn.
 * @param {string} source @param {boolean} [dark] @returns {Promise<Drawing | null>}
 */
export async function drawDiagram(source, dark = isDark()) {
  const key = `${dark}\n${source}`;
  const known = drawn.get(key);
  if (known) return known;
  const [oldest] = drawn.keys();
  if (drawn.size > MOST_KEPT) drawn.delete(oldest);
  const drawing = drawInFrame(source, dark);
  drawn.set(key, drawing);
  // It may have been late only.
  if (!(await drawing)) drawn.delete(key);
  return drawing;
}

/** @param {string} source @param {boolean} dark @returns {Promise<Drawing | null>} */
async function drawInFrame(source, dark) {
  const port = await openFrame();
  count += 1;
  const id = count;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    setTimeout(() => answer({ id }), TIMEOUT_MS);
    port.postMessage({ id, source, theme: { variables: dark ? DARK : LIGHT, font: FONT, dark } });
  });
}

/** @param {Drawing} drawing @param {number} scale @returns {Promise<Blob>} */
export async function toPng({ svg, width, height }, scale = 2) {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: width * scale, height: height * scale });
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no canvas");
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
