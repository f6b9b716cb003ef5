// npm ci && npm run build: writes mermaid-grammar.js, Mermaid's sequence and ER parsers as one classic script.
import fs from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url)), modules = path.join(here, 'node_modules');
const OUT = path.join(here, 'mermaid-grammar.js');
const { version } = JSON.parse(fs.readFileSync(path.join(modules, 'mermaid/package.json')));
const INERT = /^(d3|d3-sankey|cytoscape.*|roughjs.*|katex|elkjs.*|@upsetjs\/venn\.js|@iconify\/utils|dayjs.*|marked|stylis)$/;
const KEEP = /(sequenceDiagram|erDiagram)-/;
let patched = 0;

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
  // getConfig() deep-copies the whole configuration (themes included) for every label: ~90 % of the parse time. Parsing
  // only reads it, so hand out the object itself. The build fails when upstream changes the text.
  build.onLoad({ filter: /chunks\/mermaid\.core\/.*\.mjs$/, namespace: 'file' }, (a) => {
    const before = fs.readFileSync(a.path, 'utf8');
    const after = before.replace(/(getConfig = [^\n]*\n\s*return )assignWithDepth_default\(\{\}, currentConfig\);/g,
      (_, start) => { patched++; return start + 'currentConfig;'; });
    return after === before ? undefined : { contents: after, loader: 'js' };
  });
} };

await esbuild.build({ entryPoints: [path.join(here, 'entry.js')], bundle: true, format: 'iife', minify: true, legalComments: 'eof',
  platform: 'neutral', mainFields: ['module', 'main'], conditions: ['import'], target: 'es2022', outfile: OUT, plugins: [plugin],
  logLevel: 'warning', define: { MERMAID_VERSION: JSON.stringify(version) } });
if (patched !== 1) throw new Error(`the getConfig patch applied ${patched} times`);
const bytes = fs.readFileSync(OUT), hash = createHash('sha256').update(bytes).digest('hex');
fs.writeFileSync(path.join(here, 'VERSION'), `mermaid ${version}\nsha256 ${hash}  mermaid-grammar.js\n`);
console.log(`mermaid ${version}, ${bytes.length} bytes, sha256 ${hash}`);
