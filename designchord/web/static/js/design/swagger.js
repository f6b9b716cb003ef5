/** Swagger UI in its own sandboxed frame (frames/openapi.js), loaded only when somebody asks for it. */
import { html, useEffect, useRef } from "../dom.js";

/** Swagger UI takes descriptions for Markdown with HTML; here they are Markdown only. */
function withoutMarkup(value, key = "") {
  if (typeof value === "string") return key === "description" ? value.replaceAll("<", "&lt;") : value;
  if (Array.isArray(value)) return value.map((entry) => withoutMarkup(entry, key));
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withoutMarkup(entry, name)]));
}

export function SwaggerFrame({ spec }) {
  const frame = useRef(null);
  useEffect(() => {
    const send = (event) => {
      const ours = event.source === frame.current?.contentWindow && event.data === "designchord:openapi-frame";
      if (ours) event.source.postMessage({ spec: withoutMarkup(spec) }, "*");
    };
    addEventListener("message", send);
    return () => removeEventListener("message", send);
  }, [spec]);
  return html`<iframe class="swagger" ref=${frame} src="/frames/openapi/" sandbox="allow-scripts" title="Swagger UI"></iframe>`;
}
