// npm ci && npm run build: everything that is taken of Mermaid, for the families that ../../mermaid/families.json lists.
import fs from 'node:fs';
import path from 'node:path';
import { buildGrammars } from './build-grammar.mjs';
import { buildModules } from './build-drawing.mjs';

const here = import.meta.dirname, package_ = path.join(here, 'node_modules/mermaid'), root = path.join(here, '../../..');
const { mermaid: version, families } = JSON.parse(fs.readFileSync(path.join(here, '../../mermaid/families.json')));
const installed = JSON.parse(fs.readFileSync(path.join(package_, 'package.json'))).version;
if (installed !== version) throw new Error(`families.json wants mermaid ${version}, package.json has ${installed}`);

const modules = path.join(root, 'web/static/vendor/mermaid', version);
const sizes = {
  ...await buildGrammars(here, package_, version, families),
  'modules for the page': buildModules(package_, modules, families),
};
for (const [what, bytes] of Object.entries(sizes)) console.log(`${what}: ${bytes.toLocaleString('en')} bytes`);
