// What draws: Mermaid's own browser modules for the page.
import fs from 'node:fs';
import path from 'node:path';

const CHUNKS = 'chunks/mermaid.esm.min', IMPORT = /(?:\bfrom|\bimport)\s*["'](\.\/[^"']+)["']/g;

// Changes of Mermaid's own text that make drawing faster and nothing else, as in `patches.mjs`.
const PATCHES = [
  {
    // It deep-copies the whole configuration, themes included, for every label, which was half the time of drawing a
    // story. The configuration is never changed in place, only replaced, so one copy of each serves.
    what: 'getConfig with one copy of a configuration',
    find: /=([\w$]+)\(\(\)=>([\w$]+)\(\{\},([\w$]+)\),"getConfig"\)/g,
    put: (_, named, copy, current) =>
      `=${named}((kept=>()=>(kept?.of===${current}?kept:kept={of:${current},copy:${copy}({},${current})}).copy)(),"getConfig")`,
    times: 1,
  },
];

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
  const times = PATCHES.map(() => 0);
  for (const file of taken) {
    const text = PATCHES.reduce((text, { find, put }, place) => text.replace(find, (...found) => (times[place]++, put(...found))), fs.readFileSync(path.join(source, file), 'utf8'));
    write(path.join(target, file), text);
  }
  for (const [place, patch] of PATCHES.entries()) if (times[place] !== patch.times) throw new Error(`${patch.what}: found ${times[place]} times`);
  write(path.join(target, 'LICENSE'), fs.readFileSync(path.join(mermaid, 'LICENSE')));
  // The page's copy of the list.
  const names = Object.fromEntries(families.flatMap(({ name, headers }) => headers.map((header) => [header, name])));
  fs.writeFileSync(path.join(target, 'families.mjs'), `/** The families of diagrams that can be drawn, by the words that they begin with. */\nexport const FAMILIES = ${JSON.stringify(names, null, 2)};\n`);
  return [...taken].reduce((sum, file) => sum + fs.statSync(path.join(target, file)).size, 0);
}

function write(to, content) {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.writeFileSync(to, content);
}
