/** A sandbox: the requests that changed something, kept in this window and sent along with the next one. */
import { api } from "../api.js";

const TOKENS = ["access_token", "accessToken", "token", "jwt"];

/** What stands before a parameter of a path, which is where such things are listed: `/tools` of `/tools/{tool_id}`. */
const prefixOf = (path, name) => path.slice(0, path.indexOf(`{${name}}`)).replace(/\/$/, "");

const idOf = (value) => (value && typeof value === "object" ? value.id : undefined);

const textOf = (id) => (typeof id === "string" || typeof id === "number" ? String(id) : "");

/** The key of the thing that an answer is about. */
const keyIn = (body) => textOf(idOf(body));

/** The key of the first thing of a list, also of a page of one. */
function firstIn(body) {
  const list = Array.isArray(body) ? body : Object.values(body ?? {}).find(Array.isArray);
  return textOf(idOf(list?.[0]));
}

export class Sandbox {
  /** @param {string} designId @param {Offer} offer */
  constructor(designId, offer) {
    this.designId = designId;
    this.offer = offer;
    /** @type {Tried[]} */
    this.before = [];
    /** Keys that answers told, by where such things are listed. @type {Map<string, string>} */
    this.known = new Map();
    this.token = "";
  }

  begin() {
    this.before = [];
    this.known.clear();
    this.token = "";
  }

  /** @param {Operation} operation @returns {Record<string, string>} */
  parametersOf(operation) {
    const given = ({ name, place, example }) =>
      (place === "path" && this.known.get(prefixOf(operation.path, name))) || example;
    return Object.fromEntries(operation.parameters.map((one) => [one.name, given(one)]));
  }

  /** An example, pointing to what was made here. @param {Operation} operation */
  bodyOf({ body }) {
    if (body === null || body === undefined) return "";
    if (typeof body !== "object" || Array.isArray(body)) return JSON.stringify(body, null, 2);
    const prefixes = new Map();
    for (const { path, parameters } of this.offer.operations)
      for (const { name, place } of parameters) if (place === "path") prefixes.set(name, prefixOf(path, name));
    const filled = Object.entries(body).map(([name, value]) => [name, this.known.get(prefixes.get(name)) ?? value]);
    return JSON.stringify(Object.fromEntries(filled), null, 2);
  }

  /** Whoever may call it: the person who logged in here, else the role that it asks for. @param {Operation} operation */
  callerOf({ secured, role }) {
    if (!secured) return "";
    const { actors } = this.offer;
    return actors.find(({ id }) => id === role)?.token ?? (this.token || actors[0]?.token || "");
  }

  /**
   * @param {Operation} operation @param {{values: Record<string, string>, token: string, body: string, answer: number | null}} wish
   * @returns {Promise<{request: Tried, answer: TriedAnswer}>}
   */
  async ask(operation, { values, token, body, answer }) {
    const query = new URLSearchParams();
    let target = operation.path;
    for (const { name, place } of operation.parameters) {
      if (place === "path") target = target.replace(`{${name}}`, encodeURIComponent(values[name] ?? ""));
      else if (values[name]) query.set(name, values[name]);
    }
    if (query.size) target += `?${query}`;
    const request = { method: operation.method, target, token, body, answer };
    const answered = await api.tryRequest(this.designId, { before: this.before, request });
    this.learn(operation, request, answered);
    return { request, answer: answered };
  }

  /** @param {Operation} operation @param {Tried} request @param {TriedAnswer} answer */
  learn({ path }, request, answer) {
    if (answer.changes) this.before = [...this.before, request];
    if (answer.status >= 400) return;
    // What was made here goes before what happens to be the first.
    const key = keyIn(answer.body) || this.known.get(path) || firstIn(answer.body);
    if (key && !path.endsWith("}")) this.known.set(path, key);
    const token = TOKENS.map((name) => answer.body?.[name]).find((value) => typeof value === "string");
    if (token) this.token = token;
  }
}
