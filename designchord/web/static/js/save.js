/** Hand something to the person: a file or the clipboard. */
import { t } from "./i18n.js";
import { showToast } from "./toast.js";

/** @param {string} name @param {Blob | string} content @param {string} [type] */
export function downloadFile(name, content, type = "text/plain;charset=utf-8") {
  const blob = content instanceof Blob ? content : new Blob([content], { type });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @param {string} text */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copyBySelection(text)) return showToast(t("copyFailed"), { error: true });
  }
  return showToast(t("copied"));
}

/** Without a secure context there is no clipboard API; selecting and copying still works. */
function copyBySelection(text) {
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}
