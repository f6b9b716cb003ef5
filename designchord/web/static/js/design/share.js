/** A link with which anybody can read the design, until it is withdrawn. */
import { api } from "../api.js";
import { html, useState } from "../dom.js";
import { attempt } from "../failure.js";
import { t } from "../i18n.js";
import { Popover } from "../popover.js";
import { copyText } from "../save.js";

/** Whether nobody but this machine reaches this page's address. */
const isHere = () => ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);

function Shared({ design, onWithdraw, busy }) {
  const path = design.shared;
  const url = new URL(path, location.origin).href;
  return html`<label class="label" for="share-link">${t("share.link")}</label>
    <input id="share-link" class="field" readonly value=${url} onFocus=${(event) => event.target.select()} />
    <p class="hint">${t(isHere() ? "share.local" : "share.shared")}</p>
    <div class="actions">
      <button class="button primary" type="button" onClick=${() => copyText(url)}>${t("share.copy")}</button>
      ${isHere() && html`<a class="button" href=${api.exportUrl(design.id, "html")} download>${t("export.html")}</a>`}
      <a class="button" href=${path} target="_blank" rel="noopener">${t("share.open")}</a>
      <button class="button quiet" type="button" disabled=${busy} onClick=${onWithdraw}>${t("share.withdraw")}</button>
    </div>`;
}

/** @param {{design: Snapshot, onShared: (path: string | null) => void}} props */
export function Share({ design, onShared }) {
  const [busy, setBusy] = useState(false);
  const run = (work) => async () => {
    setBusy(true);
    await attempt(work);
    setBusy(false);
  };
  const create = run(async () => onShared((await api.share(design.id)).path));
  const withdraw = run(async () => {
    await api.unshare(design.id);
    onShared(null);
  });
  return html`<${Popover} label=${t("share")} icon="external">
    ${
      design.shared
        ? html`<${Shared} design=${design} onWithdraw=${withdraw} busy=${busy} />`
        : html`<p class="hint">${t("share.hint")}</p>
          <button class="button primary" type="button" disabled=${busy} onClick=${create}>${t("share.create")}</button>`
    }
  <//>`;
}
