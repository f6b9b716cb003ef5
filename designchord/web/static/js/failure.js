/** What to tell a person when a request failed. */
import { ApiError } from "./api.js";
import { filled, t, tOr } from "./i18n.js";
import { showToast } from "./toast.js";

/** @param {unknown} error @returns {string} */
export function describeFailure(error) {
  if (!(error instanceof ApiError)) return t("error.unexpected");
  const known = tOr(`error.${error.code}`, "");
  return known ? filled(known, error.details) : error.message || t("error.unexpected");
}

/** Run something that talks to the API; a failure becomes a message. @returns whether it went well */
export async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    showToast(describeFailure(error), { error: true });
    return false;
  }
}
