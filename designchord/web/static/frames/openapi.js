// Shows an OpenAPI document in Swagger UI. Runs in a sandboxed frame without network; the page posts the document.
addEventListener("message", (event) => {
  if (event.source !== parent || typeof event.data?.spec !== "object") return;
  SwaggerUIBundle({
    spec: event.data.spec,
    dom_id: "#api",
    deepLinking: false,
    validatorUrl: null,
    supportedSubmitMethods: [],
    defaultModelsExpandDepth: 0,
    queryConfigEnabled: false,
  });
});
addEventListener("load", () => parent.postMessage("designchord:openapi-frame", "*"));
