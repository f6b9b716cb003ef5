/** Swagger UI in its own sandboxed frame (frames/openapi.js), loaded only when somebody asks for it. */
import { html, useEffect, useRef } from "../dom.js";

export function SwaggerFrame({ spec }) {
  const frame = useRef(null);
  useEffect(() => {
    const send = (event) => {
      const ours = event.source === frame.current?.contentWindow && event.data === "designchord:openapi-frame";
      if (ours) event.source.postMessage({ spec }, "*");
    };
    addEventListener("message", send);
    return () => removeEventListener("message", send);
  }, [spec]);
  return html`<iframe class="swagger" ref=${frame} src="/frames/openapi/" sandbox="allow-scripts" title="Swagger UI"></iframe>`;
}
