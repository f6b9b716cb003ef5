// What draws: Mermaid's own browser modules for the page.
import fs from 'node:fs';
import path from 'node:path';

const CHUNKS = 'chunks/mermaid.esm.min', IMPORT = /(?:\bfrom|\bimport)\s*["'](\.\/[^"']+)["']/g;

// The listed families, the layouts `elk` (the page's) and `dagre` (what Mermaid falls back to), and all that they import.
export function buildModules(mermaid, target, families) {
  const source = path.join(mermaid, 'dist'), all = fs.readdirSync(path.join(source, CHUNKS));
  const named = [...families.map(({ module }) => module), 'elk', 'dagre'].map((name) => {
    const found = all.filter((file) => file.startsWith(`${name}-`) && file.endsWith('.mjs') && !file.slice(name.length + 1, -4).includes('-'));
    if (found.length !== 1) throw new Error(`${name} is ${found.length} modules`);
    return `${CHUNKS}/${found[0]}`;
  });
  const waiting = ['mermaid.esm.min.mjs', ...named], taken = new Set();
  while (waiting.length) {
    const file = waiting.pop();
    if (taken.has(file)) continue;
    taken.add(file);
    for (const [, name] of fs.readFileSync(path.join(source, file), 'utf8').matchAll(IMPORT)) waiting.push(path.posix.join(path.posix.dirname(file), name));
  }
  fs.rmSync(path.dirname(target), { recursive: true, force: true });
  for (const file of taken) copy(path.join(source, file), path.join(target, file));
  copy(path.join(mermaid, 'LICENSE'), path.join(target, 'LICENSE'));
  // The page's copy of the list.
  const names = Object.fromEntries(families.flatMap(({ name, headers }) => headers.map((header) => [header, name])));
  fs.writeFileSync(path.join(target, 'families.mjs'), `/** The families of diagrams that can be drawn, by the words that they begin with. */\nexport const FAMILIES = ${JSON.stringify(names, null, 2)};\n`);
  return [...taken].reduce((sum, file) => sum + fs.statSync(path.join(target, file)).size, 0);
}

function copy(from, to) {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.copyFileSync(from, to);
}
