// npm ci && npm run build: CodeMirror as one module for the page, with what is inside and under which licences.
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname, modules = path.join(here, 'node_modules');
const read = (name) => JSON.parse(fs.readFileSync(path.join(modules, name, 'package.json'), 'utf8'));
const target = path.join(here, '../../designchord/web/static/vendor/codemirror', read('codemirror').version);

// It would write its rules into a <style> of the page, which the page's policy refuses: rules that a sheet is given by
// script are allowed, and it already gives them so inside of shadow trees.
const ADOPT = '!root.head && root.adoptedStyleSheets';
const patch = { name: 'styles by script', setup(builder) {
  builder.onLoad({ filter: /style-mod[\\/]src[\\/]style-mod\.js$/ }, ({ path: file }) => {
    const text = fs.readFileSync(file, 'utf8');
    if (text.split(ADOPT).length !== 2) throw new Error(`style-mod does not ask for "${ADOPT}" once`);
    return { contents: text.replace(ADOPT, 'root.adoptedStyleSheets') };
  });
} };

fs.rmSync(path.dirname(target), { recursive: true, force: true });
const { metafile } = await build({ entryPoints: [path.join(here, 'entry.js')], outfile: path.join(target, 'codemirror.js'), bundle: true,
  format: 'esm', platform: 'browser', target: 'es2022', minify: true, charset: 'utf8', legalComments: 'none', metafile: true,
  absWorkingDir: here, plugins: [patch] });

const names = new Set(Object.keys(metafile.inputs).map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]).filter(Boolean));
const inside = [...names].sort().map((name) => ({ name, ...read(name) }));
const texts = new Map();
for (const { name, license } of inside) {
  if (license !== 'MIT') throw new Error(`${name} is under ${license}`);
  const file = fs.readdirSync(path.join(modules, name)).find((each) => /^licen[cs]e/i.test(each));
  if (!file) throw new Error(`${name} comes without its licence`);
  const text = fs.readFileSync(path.join(modules, name, file), 'utf8').trim();
  texts.set(text, [...(texts.get(text) ?? []), name]);
}
fs.writeFileSync(path.join(target, 'LICENSE'), [...texts].map(([text, owners]) => `${owners.join(', ')}\n\n${text}\n`).join('\n----\n\n'));
fs.writeFileSync(path.join(target, 'contents.json'), `${JSON.stringify(Object.fromEntries(inside.map(({ name, version }) => [name, version])), null, 2)}\n`);
console.log(`codemirror.js: ${fs.statSync(path.join(target, 'codemirror.js')).size.toLocaleString('en')} bytes`);
