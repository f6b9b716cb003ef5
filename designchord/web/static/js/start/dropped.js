/** What somebody drops: files, and folders with all that is in them that says something of a system. */

/** Ends of names that say something of a system; other files are ideas. */
export const SYSTEM_FILES = /\.(sql|ddl|ya?ml|json|dbml|mmd|mermaid|rb)$/i;
/** Of a folder also Markdown is read, for the diagrams in it. */
const IN_FOLDERS = /\.(sql|ddl|ya?ml|json|dbml|mmd|mermaid|rb|md|markdown)$/i;
const PASSED_OVER = /(^|\/)(\.[^/]*|node_modules|__pycache__|venv|vendor|target|dist|build)(\/|$)/;
/** So many files a request holds. */
export const MOST_FILES = 500;

/** @typedef {{name: string, file: File}} Named a file with the folders that it lies in */

/** Whether a file of a folder is read. @param {string} name */
const isWanted = (name) => IN_FOLDERS.test(name) && !PASSED_OVER.test(name);

/** Files that were chosen, one by one or as a folder. @param {Iterable<File>} files @returns {Named[]} */
export function namedFiles(files) {
  const named = [...files].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
  return named.filter(({ name }) => !name.includes("/") || isWanted(name));
}

/**
 * What was dropped. What is there has to be asked for at once, while the event lasts.
 * @param {DataTransfer} transfer @returns {Promise<Named[]>}
 */
export function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry?.isDirectory)) return Promise.resolve(namedFiles(transfer.files));
  return walk(entries.filter((entry) => entry !== null));
}

/**
 * The text of a file; null if it holds none. Where nobody asked for UTF-8, programs in Korea write EUC-KR.
 * @param {File} file
 */
export async function textOf(file) {
  const bytes = await file.arrayBuffer();
  for (const encoding of ["utf-8", "euc-kr"]) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      return text.includes("\0") ? null : text;
    } catch {
      // It is written otherwise.
    }
  }
  return null;
}

/** @param {FileSystemEntry[]} entries @returns {Promise<Named[]>} */
async function walk(entries) {
  const found = /** @type {Named[]} */ ([]);
  const left = [...entries];
  while (left.length && found.length <= MOST_FILES) {
    const entry = /** @type {any} */ (left.shift());
    const name = entry.fullPath.replace(/^\//, "");
    if (entry.isDirectory) {
      if (!PASSED_OVER.test(name)) left.push(...(await inside(entry.createReader())));
    } else if (!name.includes("/") || isWanted(name)) {
      found.push({ name, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) });
    }
  }
  return found;
}

/** All entries of a folder, which are given in portions. @param {FileSystemDirectoryReader} reader */
async function inside(reader) {
  const all = /** @type {FileSystemEntry[]} */ ([]);
  for (;;) {
    const some = /** @type {FileSystemEntry[]} */ (
      await new Promise((resolve, reject) => reader.readEntries(resolve, reject))
    );
    if (!some.length) return all.sort((a, b) => (a.name < b.name ? -1 : 1));
    all.push(...some);
  }
}
