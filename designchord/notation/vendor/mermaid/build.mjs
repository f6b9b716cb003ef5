// npm ci && npm run build: writes mermaid-grammar.js, Mermaid's sequence and ER parsers as one classic script.
import fs from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { PATCHES } from './patches.mjs';

const here = path.dirname(fileURLToPath(import.meta.url)), modules = path.join(here, 'node_modules');
const OUT = path.join(here, 'mermaid-grammar.js');
const { version } = JSON.parse(fs.readFileSync(path.join(modules, 'mermaid/package.json')));
const INERT = /^(d3|d3-sankey|cytoscape.*|roughjs.*|katex|elkjs.*|@upsetjs\/venn\.js|@iconify\/utils|dayjs.*|marked|stylis)$/;
const KEEP = /(sequenceDiagram|erDiagram)-/;
const applied = new Map(PATCHES.map(({ what }) => [what, 0]));

const plugin = { name: 'grammar-only', setup(build) {
  build.onResolve({ filter: /^mermaid$/ }, () => ({ path: path.join(modules, 'mermaid/dist/mermaid.core.mjs') }));
  build.onResolve({ filter: /^dompurify$/ }, () => ({ path: path.join(here, 'dompurify-stub.js') }));
  build.onResolve({ filter: INERT }, () => ({ path: path.join(here, 'inert-stub.cjs') }));
  // Diagram families that are not wanted become empty modules; they are loaded by dynamic import only.
  build.onResolve({ filter: /./ }, (a) => {
    if (a.kind === 'dynamic-import' && /^\.\//.test(a.path) && !KEEP.test(a.path)) return { path: a.path, namespace: 'empty' };
  });
  build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({
    contents: 'throw new Error("UNSUPPORTED_DIAGRAM"); export const diagram = undefined; export const render = undefined;' }));
  build.onLoad({ filter: /mermaid\/dist\/.*\.mjs$/, namespace: 'file' }, (a) => {
    let contents = fs.readFileSync(a.path, 'utf8');
    for (const { what, find, put } of PATCHES) {
      contents = contents.replace(find, (...found) => { applied.set(what, applied.get(what) + 1); return put(...found); });
    }
    // Chunks that draw are not called for either.
    const sections = [...contents.matchAll(/^\/\/ (src\/\S+)$/gm)].map(([, section]) => section);
    if (sections.some((section) => section.startsWith('src/rendering-util/rendering-elements/'))) {
      const names = /^export \{([^}]*)\};/m.exec(contents)[1].split(',').map((name) => name.trim()).filter(Boolean);
      return { contents: `import inert from '${path.join(here, 'inert-stub.cjs')}';\n${names.map((name) => `export const ${name} = inert;`).join('\n')}`, loader: 'js' };
    }
    return { contents, loader: 'js' };
  });
} };

await esbuild.build({ entryPoints: [path.join(here, 'entry.js')], bundle: true, format: 'iife', minify: true, legalComments: 'eof',
  platform: 'neutral', mainFields: ['module', 'main'], conditions: ['import'], target: 'es2022', outfile: OUT, plugins: [plugin],
  logLevel: 'warning', define: { MERMAID_VERSION: JSON.stringify(version) } });
for (const { what, times } of PATCHES) {
  if (times && applied.get(what) !== times) throw new Error(`${what}: applied ${applied.get(what)} times, not ${times}`);
}
const bytes = fs.readFileSync(OUT), hash = createHash('sha256').update(bytes).digest('hex');
fs.writeFileSync(path.join(here, 'VERSION'), `mermaid ${version}\nsha256 ${hash}  mermaid-grammar.js\n`);
console.log(`mermaid ${version}, ${bytes.length} bytes, sha256 ${hash}`);
