// Changes of Mermaid's own text that make reading faster and nothing else. Each says how often its text is to be found
// (0: at all), so that the build fails when upstream changes it.

// jison writes the actions of its rules as one function with one long `switch`, which QuickJS compares case by case.
// As a table: `performAction.actions[rule]` is the rule's action, if it has one, with the same arguments and `this`.
function tabled(_, args, before, subject, cases) {
  const actions = [];
  let labels = [];
  for (const part of cases.split(/^( *case \d+:\n)/m).filter((text) => text.trim())) {
    const label = /^ *case (\d+):\n$/.exec(part);
    if (label) { labels.push(label[1]); continue; }
    const body = part.trim().replace(/\bbreak;$/, '');
    if (/\b(break|switch|case|default)\b/.test(body.replace(/"(?:\\.|[^"\\])*"/g, ''))) throw new Error(`an action that is not understood: ${body}`);
    if (body) actions.push(`for (const rule of [${labels}]) actions[rule] = function (${args}) { ${before} ${body} };`);
    labels = [];
  }
  const act = `function (${args}) { return actions[${subject}]?.call(this, ${args}); }`;
  return `performAction: (() => { const actions = []; ${actions.join('\n')} return Object.assign(${act}, { actions }); })(),`;
}

export const PATCHES = [
  {
    what: 'actions of rules as tables',
    find: /performAction: \/\* @__PURE__ \*\/ __name\(function anonymous\(([\w$, ]+)\) \{\n *(var [^\n]+;)\n *switch \(([\w$]+)\) \{\n(.*?)\n *\}\n *\}, "anonymous"\),/gs,
    put: tabled,
    times: 11,
  },
  {
    // It deep-copies the whole configuration (themes included) for every label. Parsing only reads it.
    what: 'getConfig without a copy',
    find: /(getConfig = [^\n]*\n\s*return )assignWithDepth_default\(\{\}, currentConfig\);/g,
    put: (_, start) => `${start}currentConfig;`,
    times: 1,
  },
  {
    // It is called four times a text and copies it again twice each time. What a text leaves as it is stays as it was.
    what: 'a configuration that nothing changes is made once',
    find: /var updateCurrentConfig = [^\n]*\(siteCfg, _directives\) => \{\n(.*?)(\n  currentConfig = cfg;)/gs,
    put: (whole, body, end) => `var usual = new Map();\n${whole.slice(0, whole.indexOf('{') + 1)}
  const unchanged = siteCfg === siteConfig && _directives.every((directive) => Object.keys(directive).length === 0);
  if (usual.site !== siteConfig) { usual.clear(); usual.site = siteConfig; }
  if (unchanged && usual.has(diagramConfigKey)) return currentConfig = usual.get(diagramConfigKey);
${body}${end}\n  if (unchanged) usual.set(diagramConfigKey, cfg);`,
    times: 1,
  },
  {
    // It builds an expression from an expression twice a text. Without these signs it finds nothing.
    what: 'directives are looked for where there may be some',
    find: /var processDirectives = [^\n]*\(code\) => \{\n/g,
    put: (start) => `${start}  if (!code.includes('%%{') && !code.includes('%%}')) return { text: code, directive: {} };\n`,
    times: 1,
  },
  {
    // Engines without V8's start-anchor optimisation try /^../ at every index of the text.
    what: 'detectors look at the beginning only',
    find: /(=> (?:\{\n\s*return )?|if \()(\/\^\\s\*[^\n]*?\/)(i?)\.test\((txt|text)\)/g,
    put: (whole, before, rule, flags, text) => (/^[^|]*$/.test(rule.replace(/\([^()]*\)/g, '')) ? `${before}${rule}${flags}y.test(${text})` : whole),
    times: 37,
  },
  {
    what: 'no drawing',
    find: /  renderer: \w+,\n  styles(: styles_default)?,?\n/g,
    put: () => '',
    times: 6,
  },
  {
    what: 'no settings for a renderer that is not there',
    find: /^ *c4Renderer_default\.setConf\(c4\);\n/gm,
    put: () => '',
    times: 1,
  },
  {
    what: 'one theme, which nobody sees',
    find: /(var themes_default = \{)\n.*?(  default: \{[^}]*\})(?:,\n  \S+ \{[^}]*\})*\n\};/gs,
    put: (_, start, usual) => `${start}\n${usual}\n};`,
    times: 1,
  },
  {
    // They hold in the bundle what nobody calls.
    what: 'no names for functions and classes',
    find: /^ *__name\([\w$]+, "[^"]*"\);\n|^ *static \{\n *__name\(this, "[^"]*"\);\n *\}\n/gm,
    put: () => '',
    times: 0,
  },
];
