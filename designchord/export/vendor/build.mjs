// Packs the vendored browser modules of Mermaid into one classic script, sequence and ER diagrams only.
// Run from the repository root; the name of the written file is also in designchord/export/page.py:
//   npm install --no-save esbuild@0.25
//   node designchord/export/vendor/build.mjs 12.3.0
import { existsSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

const version = process.argv[2];
const root = path.resolve(`designchord/web/static/vendor/mermaid/${version}`);

// What the page does not draw, or lay out with, is left out: its loaders stay, and fail politely when they are asked.
const drawn = /\/(sequenceDiagram|erDiagram|dagre)-[^/]+$/;

const absent = {
  name: "absent",
  setup(builder) {
    builder.onResolve({ filter: /^\.{1,2}\// }, (args) => {
      const target = path.resolve(args.resolveDir, args.path);
      const wanted = args.kind !== "dynamic-import" || drawn.test(target);
      return wanted && existsSync(target) ? undefined : { path: target, namespace: "absent" };
    });
    builder.onLoad({ filter: /.*/, namespace: "absent" }, () => ({
      contents: 'throw new Error("This kind of diagram is not part of this page.");',
    }));
  },
};

await build({
  stdin: { contents: 'import mermaid from "./mermaid.esm.min.mjs"; globalThis.mermaid = mermaid;', resolveDir: root },
  bundle: true,
  format: "iife",
  platform: "browser",
  target: "es2022",
  minify: true,
  charset: "ascii",
  legalComments: "none",
  plugins: [absent],
  outfile: process.argv[3] ?? `designchord/export/vendor/mermaid-${version}.js`,
});
