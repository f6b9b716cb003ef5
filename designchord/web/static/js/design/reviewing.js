/** A blueprint as somebody wrote it or had it once: what it means is shown first, and all, some or none of it is taken. */
import { api } from "../api.js";
import { html, useState } from "../dom.js";
import { ChangeDialog } from "./changes.js";

/** @typedef {{proposal: Proposal, whole: () => Promise<void>, settle: (done: boolean) => void}} Shown */

/**
 * `review(wish, whole)` shows what a wish means and gives whether something of it was carried out; all of it is carried
 * out by `whole`. `dialog` is to be drawn.
 * @param {string} designId
 */
export function useReview(designId) {
  const [shown, setShown] = useState(/** @type {Shown | null} */ (null));
  /** @type {(wish: {source: string} | {revision: number}, whole: () => Promise<void>) => Promise<boolean>} */
  const review = async (wish, whole) => {
    const proposal = /** @type {Proposal} */ (await api.change(designId, wish));
    if (proposal.operations.length) return new Promise((settle) => setShown({ proposal, whole, settle }));
    await whole(); // it is only written in another way
    return true;
  };
  const close = () => {
    shown?.settle(false); // of what is settled already nothing comes any more
    setShown(null);
  };
  const dialog =
    shown &&
    html`<${ChangeDialog} designId=${designId} proposal=${shown.proposal} why="" whole=${shown.whole} onDone=${() => shown.settle(true)} onClose=${close} />`;
  return { review, dialog };
}
