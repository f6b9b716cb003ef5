/** What the head of a page says to its modules. */

/** Asks for all modules at once that it names for later, instead of import by import. */
export function fetchBeside() {
  for (const link of document.querySelectorAll('link[rel="beside"]')) link.setAttribute("rel", "modulepreload");
}

const framed = document.querySelector('meta[name="framed"]')?.getAttribute("content")?.split(" ") ?? [];

/** Whether the diagrams of a kind are drawn in the frame. @param {string} kind */
export const isFramed = (kind) => framed.includes(kind);
