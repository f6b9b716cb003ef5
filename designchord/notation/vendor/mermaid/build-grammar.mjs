// Mermaid's parsers as classic scripts: no rendering, no DOM, the listed families only. The families that every design has
// are in the first, which is quick to load, all others in the second.
import fs from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { PATCHES } from './patches.mjs';

const INERT = /^(d3|d3-sankey|cytoscape.*|roughjs.*|katex|elkjs.*|@upsetjs\/venn\.js|@iconify\/utils|dayjs.*|marked|stylis)$/;

export async function buildGrammars(here, mermaid, version, families) {
  const scripts = { 'mermaid-grammar.js': families.filter(({ checked }) => checked), 'mermaid-grammar-more.js': families.filter(({ checked }) => !checked) };
  const sums = [], sizes = {}, applied = new Map(PATCHES.map(({ what }) => [what, new Set()]));
  for (const [name, own] of Object.entries(scripts)) {
    const bytes = await buildGrammar(here, path.join(here, name), mermaid, version, own, applied);
    sums.push(`sha256 ${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`);
    sizes[name] = bytes.length;
  }
  for (const { what, times } of PATCHES) {
    if (times && applied.get(what).size !== times) throw new Error(`${what}: applied ${applied.get(what).size} times, not ${times}`);
  }
  fs.writeFileSync(path.join(here, 'VERSION'), `mermaid ${version}\n${sums.join('')}`);
  return sizes;
}

async function buildGrammar(here, out, mermaid, version, families, applied) {
  await esbuild.build({ entryPoints: [path.join(here, 'entry.js')], bundle: true, format: 'iife', minify: true, legalComments: 'eof',
    platform: 'neutral', mainFields: ['module', 'main'], conditions: ['import'], target: 'es2022', outfile: out,
    plugins: [grammarOnly(here, mermaid, families, applied)], logLevel: 'warning', define: { MERMAID_VERSION: JSON.stringify(version) } });
  return fs.readFileSync(out);
}

// ``applied`` has for each patch the places where its text was found.
function grammarOnly(here, mermaid, families, applied) {
  const kept = families.map(({ module }) => `./${module}-`);
  const inert = path.join(here, 'inert-stub.cjs');
  const load = ({ path: file }) => {
    let contents = fs.readFileSync(file, 'utf8');
    for (const { what, find, put } of PATCHES) {
      contents = contents.replace(find, (...found) => { applied.get(what).add(`${file}:${found.at(-2)}`); return put(...found); });
    }
    // Chunks that draw are not called for either.
    const sections = [...contents.matchAll(/^\/\/ (src\/\S+)$/gm)].map(([, section]) => section);
    if (sections.some((section) => section.startsWith('src/rendering-util/rendering-elements/'))) contents = withoutContents(contents, inert);
    return { contents, loader: 'js' };
  };
  return { name: 'grammar-only', setup(build) {
    build.onResolve({ filter: /^mermaid$/ }, () => ({ path: path.join(mermaid, 'dist/mermaid.core.mjs') }));
    build.onResolve({ filter: /^families$/ }, () => ({ path: 'families', namespace: 'families' }));
    build.onLoad({ filter: /./, namespace: 'families' }, () => ({ contents: `export const FAMILIES = ${JSON.stringify(families)};` }));
    build.onResolve({ filter: /^dompurify$/ }, () => ({ path: path.join(here, 'dompurify-stub.js') }));
    build.onResolve({ filter: INERT }, () => ({ path: inert }));
    // Diagram families that are not wanted become empty modules; they are loaded by dynamic import only.
    build.onResolve({ filter: /^\.\// }, ({ kind, path: module }) => (
      kind === 'dynamic-import' && !kept.some((name) => path.basename(module).startsWith(name.slice(2))) ? { path: module, namespace: 'empty' } : undefined));
    build.onLoad({ filter: /./, namespace: 'empty' }, () => ({
      contents: 'throw new Error("UNSUPPORTED_DIAGRAM"); export const diagram = undefined; export const render = undefined;' }));
    build.onLoad({ filter: /mermaid\/dist\/.*\.mjs$/, namespace: 'file' }, load);
  } };
}

// The same exports, none of which does anything.
function withoutContents(contents, inert) {
  const names = /^export \{([^}]*)\};/m.exec(contents)[1].split(',').map((name) => name.trim()).filter(Boolean);
  return `import inert from '${inert}';\n${names.map((name) => `export const ${name} = inert;`).join('\n')}`;
}
