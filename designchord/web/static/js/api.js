/** The HTTP API, as docs/http.md describes it. */

const ROOT = "/api/v1";

/** An answer that is not a success. `code` is stable; status 0 means that no answer came. */
export class ApiError extends Error {
  /** @param {number} status @param {{code?: string, message?: string, details?: Record<string, any>}} error */
  constructor(status, error) {
    super(error.message || "");
    this.status = status;
    this.code = error.code || (status ? "error" : "offline");
    this.details = error.details || {};
  }
}

/**
 * @param {string} method
 * @param {string} path below the API's root
 * @param {{body?: unknown, headers?: Record<string, string>, signal?: AbortSignal}} [options]
 */
export async function request(method, path, { body, headers = {}, signal } = {}) {
  const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content");
  if (token) headers = { "X-CSRFToken": token, ...headers };
  let response;
  try {
    response = await fetch(ROOT + path, {
      method,
      signal,
      headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error?.name === "AbortError") throw error;
    throw new ApiError(0, {});
  }
  if (response.status === 401) {
    const here = location.pathname + location.hash;
    location.assign(`/sign-in/?${new URLSearchParams({ next: here, ended: "1" })}`);
  }
  if (response.ok) return response.status === 204 ? null : readJson(response);
  const answer = await readJson(response);
  throw new ApiError(response.status, answer?.error || {});
}

async function readJson(response) {
  const isJson = response.headers.get("Content-Type")?.includes("json");
  if (!isJson) return null;
  return response.json().catch((error) => {
    // Nobody waits for it any more: that is no answer without a content.
    if (error?.name === "AbortError") throw error;
    return null;
  });
}

/** @param {Record<string, string | undefined>} values */
function query(values) {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) given.set(name, value);
  return given.size ? `?${given}` : "";
}

const design = (id) => `/designs/${encodeURIComponent(id)}`;
const artifact = (id, { kind, part }) => `${design(id)}/artifacts/${kind}${part ? `/${encodeURIComponent(part)}` : ""}`;

const ofRequest = (id, wish, method, signal) =>
  request(method, `${design(id)}/requests/${encodeURIComponent(wish)}`, { signal });

export const api = {
  listDesigns: (filter = {}, signal) => request("GET", `/designs${query(filter)}`, { signal }),
  startDesign: (brief, key) => request("POST", "/designs", { body: brief, headers: { "Idempotency-Key": key } }),
  previewImport: (wish, signal) => request("POST", "/imports/preview", { body: wish, signal }),
  importSystem: (wish, key) => request("POST", "/imports", { body: wish, headers: { "Idempotency-Key": key } }),
  estimateDesign: (brief, signal) => request("POST", "/estimate", { body: brief, signal }),
  readDesign: (id, signal) => request("GET", design(id), { signal }),
  rename: (id, title) => request("PATCH", design(id), { body: { title } }),
  deleteDesign: (id) => request("DELETE", design(id)),
  undeleteDesign: (id) => request("POST", `${design(id)}/undelete`),
  cancel: (id) => request("POST", `${design(id)}/cancel`),
  retry: (id, place = {}) => request("POST", `${design(id)}/retry`, { body: place }),
  share: (id) => request("POST", `${design(id)}/share`),
  unshare: (id) => request("DELETE", `${design(id)}/share`),
  refresh: (id, edited = false) =>
    request("POST", `${design(id)}/refresh`, edited ? { body: { with_edited: true } } : {}),
  settle: (id, assumption, verdict) =>
    request("POST", `${design(id)}/assumptions/${encodeURIComponent(assumption)}`, { body: { verdict } }),
  change: (id, wish, signal) => request("POST", `${design(id)}/changes`, { body: wish, signal }),
  readRequest: (id, request, signal) => ofRequest(id, request, "GET", signal),
  dismissRequest: (id, request) => ofRequest(id, request, "DELETE"),
  readConflict: (id, place, signal) => request("GET", `${artifact(id, place)}/conflict`, { signal }),
  listChanges: (id) => request("GET", `${design(id)}/changes`),
  undoChange: (id, number) => request("POST", `${design(id)}/changes/undo`, { body: { number: number ?? null } }),
  listVerifications: (id, signal) => request("GET", `${design(id)}/verifications`, { signal }),
  settleAll: (id, verdicts) => request("POST", `${design(id)}/assumptions`, { body: verdicts }),
  explain: (id, signal) => request("GET", `${design(id)}/explain`, { signal }),
  playStory: (id, story, signal) => request("GET", `${design(id)}/rehearsal${query({ story })}`, { signal }),
  readMock: (id, signal) => request("GET", `${design(id)}/mock`, { signal }),
  tryRequest: (id, trial) => request("POST", `${design(id)}/mock`, { body: trial }),
  readHtml: (id, place, signal) => request("GET", `${artifact(id, place)}?format=html`, { signal }),
  save: (id, place, source, base) => request("PUT", artifact(id, place), { body: { source, base } }),
  regenerate: (id, place, feedback) => request("POST", `${artifact(id, place)}/regenerate`, { body: { feedback } }),
  listRevisions: (id, place, signal) => request("GET", `${artifact(id, place)}/revisions`, { signal }),
  readRevision: (id, place, number, signal) => request("GET", `${artifact(id, place)}/revisions/${number}`, { signal }),
  restore: (id, place, number) => request("POST", `${artifact(id, place)}/restore`, { body: { number } }),
  check: (kind, source, signal) => request("POST", "/check", { body: { kind, source }, signal }),
  listKinds: () => request("GET", "/kinds"),
  readLimits: () => request("GET", "/limits"),
  listModels: () => request("GET", "/models"),
  listExamples: () => request("GET", "/examples"),
  readExample: (name) => request("GET", `/examples/${encodeURIComponent(name)}`),
  readIdea: (text, signal) => request("POST", "/ideas", { body: { text }, signal }),
  readConnection: () => request("GET", "/models/connection"),
  connectModel: (wish) => request("PUT", "/models/connection", { body: wish }),
  disconnectModel: () => request("DELETE", "/models/connection"),
  exportUrl: (id, format) => `${ROOT}${design(id)}/export${query({ format })}`,
  /** The same as a page that prints itself. */
  printUrl: (id) => `${ROOT}${design(id)}/export${query({ format: "html", shown: "true" })}#print`,
  eventsUrl: (id, after) => `${ROOT}${design(id)}/events?after=${after}`,
};
