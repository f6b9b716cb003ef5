// Mermaid's own parsers as a function from text to data. Bundled by build.mjs.
import './env.js';
import mermaid from 'mermaid';
import { FAMILIES } from 'families';
import { quickParse } from './parsing.js';

const api = mermaid.mermaidAPI;
mermaid.initialize({ startOnLoad: false, securityLevel: 'strict', suppressErrorRendering: true, maxTextSize: 200000, logLevel: 'fatal' });

// What the parser got (comments removed, entities encoded), its lexer, its database, and the line, in that text, of
// the grammar rule or statement at work. jison's own `hash.loc` is the place of the previous token, hence all this.
const FAMILY = new Map();   // by parser
let lastText = null, lexer = null, db = null, line = 0, rule = { last: 0, size: 0 };

// Statements are objects that a rule returns, alone or at either end of a list; `places` has those of the rule's parts.
function markLines(value, place, places) {
  if (!place || value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) { if (value.line === undefined) { value.line = place.first_line; value.end = place.last_line; } return; }
  const first = value[0];
  if (first && typeof first === 'object' && !Array.isArray(first) && first.line === undefined) first.line = place.first_line;
  for (let i = Math.max(0, value.length - 4); i < value.length; i++) {
    const item = value[i];
    if (!item || typeof item !== 'object' || Array.isArray(item) || item.line !== undefined) continue;
    item.line = /^(else|and|option)$/.test(item.type) ? places.at(-3).first_line : place.last_line;
  }
}

function watchSequence(yy) {
  const apply = yy.apply;
  yy.declared = new Map();
  yy.mentioned = new Map();
  yy.turns = [];   // what `create` and `destroy` wait for: the next record
  yy.boxTexts = [];
  yy.apply = (statement) => {
    if (Array.isArray(statement)) { statement.forEach(yy.apply); return; }
    if (statement.line !== undefined) line = statement.line;
    const before = yy.state.records.messages.length;
    const turn = /^(create|destroy)Participant$/.exec(statement.type);
    if (turn) yy.turns.push({ what: turn[1], name: statement.actor, line, index: before });
    if (statement.type === 'boxStart') yy.boxTexts.push({ text: statement.boxData.text ?? '', line });
    if (/^(add|create)Participant$/.test(statement.type)) {
      if (!yy.mentioned.has(statement.actor)) yy.mentioned.set(statement.actor, line);
      if (statement.draw) yy.declared.set(statement.actor, [...(yy.declared.get(statement.actor) ?? []), line]);
    }
    apply(statement);
    for (const message of yy.state.records.messages.slice(before)) message.line = line;
  };
}

// Nothing but words parts the statements of an ER diagram, so it matters which of them share a line: `bare` ones are a
// name and nothing else.
function watchEr(yy) {
  const { addEntity, addAttributes, addRelationship } = yy;
  yy.statements = [];
  yy.addEntity = (name, alias) => {
    const entity = addEntity(name, alias);
    entity.line ??= line;
    yy.statements.push({ name, line, end: rule.last, bare: rule.size === 1 });
    return entity;
  };
  yy.addAttributes = (name, list) => {
    const entity = addEntity(name);
    (entity.blocks ??= []).push([line, rule.last]);
    addAttributes(name, list);
  };
  yy.addRelationship = (...spec) => {
    const before = yy.relationships.length;
    addRelationship(...spec);
    yy.statements.splice(-2, 2, { name: null, line, end: rule.last, bare: false });
    for (const relation of yy.relationships.slice(before)) relation.line = line;
  };
}

function spy(p, family) {
  FAMILY.set(p, family);
  const { parse, performAction } = p, { setInput } = p.lexer;
  const began = (place, number) => {
    line = place?.first_line ?? line;
    rule = { last: place?.last_line ?? line, size: p.productions_[number][1] };
  };
  const isTabled = Boolean(performAction.actions && p.lexer.performAction.actions);
  const quick = isTabled ? quickParse(p, began, markLines) : parse;
  p.parse = function (text) {
    lastText = text; lexer = null; db = this.yy; line = 0;
    if (FAMILY.get(p) === 'er') watchEr(db); else if (FAMILY.get(p) === 'sequence') watchSequence(db);
    return (grammar.plainly ? parse : quick).call(this, text);
  };
  // For jison's own way only.
  p.performAction = function (...given) {
    began(this._$, given[4]);
    const result = performAction.apply(this, given);
    markLines(this.$, this._$, given[6]);
    return result;
  };
  p.lexer.setInput = function (...given) { lexer = this; return setInput.apply(this, given); };
}

const essence = (text) => text.replace(/ﬂ°°|ﬂ°|¶ß|[#;&\s]/g, '').replace(/"/g, "'");
// For each line of the parsed text the index of the author's line.
function alignment(parsed, original) {
  const at = [];
  let next = 0;
  for (const text of parsed) {
    const wanted = text === original[next] ? '' : essence(text);
    let k = next;
    if (wanted) { while (k < original.length && essence(original[k]) !== wanted) k++; }
    if (k >= original.length) k = Math.min(next, original.length - 1);
    at.push(k);
    next = k + 1;
  }
  return at;
}

function locate(original, error) {
  if (lastText === null || !lexer) return null;
  const parsed = lastText.split('\n'), author = original.replace(/\r\n?/g, '\n').split('\n'), at = alignment(parsed, author);
  if (!error?.hash && !/^Lexical error/.test(error?.message ?? '') || error?.hash?.token === '->>-') {
    const k = at[Math.max(0, line - 1)];   // a rule of the diagram, not of the grammar: its statement's line
    return { line: k + 1, column: Math.max(0, author[k].search(/\S/)) + 1 };
  }
  const lexical = /^Lexical error/.test(error?.message ?? '');
  const offset = Math.max(0, lastText.length - (lexer._input?.length ?? 0) - (lexical ? 0 : (lexer.match ?? '').length));
  const head = lastText.slice(0, offset), row = head.split('\n').length - 1, column = offset - (head.lastIndexOf('\n') + 1);
  const trimmed = parsed[row].trim(), shift = trimmed ? Math.max(0, author[at[row]].indexOf(trimmed)) - parsed[row].indexOf(trimmed) : 0;
  return { line: at[row] + 1, column: Math.max(0, Math.min(column + shift, author[at[row]].length)) + 1 };
}

// Whether a record is the message that makes a created participant appear, or a destroyed one go.
function takes(message, what, name) {
  if (message === undefined || message.from === undefined || message.to === undefined || message.placement !== undefined) return false;
  return message.to === name || (what === 'destroy' && message.from === name);
}

const SIGNALS = (yy) => Object.fromEntries(Object.entries(yy.LINETYPE).map(([name, number]) => [number, name]));
const MODEL = {
  sequence(yy, place) {
    const names = SIGNALS(yy);
    return {
      participants: [...yy.getActors().values()].map((a) => ({ name: a.name, label: String(a.description ?? a.name), type: a.type,
        line: place(yy.mentioned.get(a.name)), declared: (yy.declared.get(a.name) ?? []).map(place) })),
      signals: yy.getMessages().map((m) => ({ type: names[m.type] ?? 'UNKNOWN', source: m.from ?? null, target: m.to ?? null,
        text: typeof m.message === 'string' ? m.message : '', line: place(m.line) })),
      colours: yy.getMessages().filter((m) => names[m.type] === 'RECT_START' && !CSS.supports('color', m.message || '-')).map((m) => place(m.line)),
      boxes: yy.boxTexts.map(({ text, line: at }) => ({ text, line: place(at) })),
      turns: yy.turns.map(({ what, name, line: at, index }) => ({ what, name, line: place(at), taken: takes(yy.getMessages()[index], what, name) })),
    };
  },
  er(yy, place) {
    const byId = new Map([...yy.getEntities()].map(([name, entity]) => [entity.id, name]));
    return {
      entities: [...yy.getEntities()].map(([name, entity]) => ({ name, label: entity.alias || name, line: place(entity.line),
        blocks: (entity.blocks ?? []).map((lines) => lines.map(place)),
        attributes: entity.attributes.map((a) => ({ type: a.type, name: a.name, keys: a.keys ?? [], comment: a.comment ?? '', line: place(a.line), end: place(a.end) })) })),
      statements: yy.statements.map(({ name, line: at, end, bare }) => ({ name, line: place(at), end: place(end), bare })),
      relationships: yy.getRelationships().map((r) => ({ source: byId.get(r.entityA) ?? r.entityA, target: byId.get(r.entityB) ?? r.entityB,
        label: r.roleA ?? '', source_end: r.relSpec.cardB, target_end: r.relSpec.cardA, identifying: r.relSpec.relType === 'IDENTIFYING', line: place(r.line) })),
    };
  },
};

const names = (list) => (Array.isArray(list) ? list.map((name) => String(name).replace(/^'|'$/g, '')) : []);
function describe(error, original) {
  const message = String(error?.message ?? error);
  const frontMatter = error?.name === 'YAMLException' && lastText === null;
  const kind = frontMatter ? 'front_matter' : error?.name === 'UnknownDiagramError' ? 'unknown' : /UNSUPPORTED_DIAGRAM/.test(message) ? 'unsupported'
    : /^Lexical error/.test(message) ? 'lexical' : /^Parse error/.test(message) ? 'syntax' : 'rule';
  return { kind, message, token: error?.hash?.token ?? null, text: error?.hash?.text ?? null, expected: names(error?.hash?.expected),
    at: frontMatter ? { line: error.mark.line + 2, column: error.mark.column + 1 } : kind === 'unknown' || kind === 'unsupported' ? null : locate(original, error) };
}

async function parse(text) {
  lastText = null; lexer = null; db = null; line = 0;
  try {
    // parse(), not getDiagramFromText(): only parse() resets the configuration between diagrams.
    const { diagramType } = await api.parse(text);
    const author = text.replace(/\r\n?/g, '\n').split('\n'), at = alignment(lastText.split('\n'), author);
    const place = (n) => (n >= 1 && n <= at.length ? at[n - 1] + 1 : null);
    return JSON.stringify({ ok: true, type: diagramType, model: MODEL[diagramType]?.(db, place) ?? null });
  } catch (error) {
    return JSON.stringify({ ok: false, error: describe(error, text) });
  }
}

globalThis.grammar = {
  version: MERMAID_VERSION,
  out: null,
  // Read with jison's own loops, to compare with.
  plainly: false,
  // Fire and collect: the host drains the microtask queue, then reads `out`.
  start(text) { this.out = null; parse(text).then((result) => { this.out = result; }); },
};
(async () => { 
  for (const { name, sample } of FAMILIES) {
    const { parser } = await api.getDiagramFromText(sample);
    spy(parser.parser ?? parser, name);   // a flowchart's is a copy that calls jison's
  }
 })();
