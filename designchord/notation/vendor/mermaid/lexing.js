// What jison's generated lexers do, faster in an engine without a compiler. The rules, their order and their actions
// are the lexer's own, and the first rule that matches counts, as before; only rules that cannot match are not tried.
// Loops count and nothing is unpacked, because iterators cost more here than what they iterate over.

const OTHERS = 128;   // stands for every character outside ASCII

// What a rule's match must begin with, as an expression for that character; null where that is not plain to see.
function beginning({ source, flags }) {
  const body = /^\^\(\?:(.*)\)$/s.exec(source)?.[1] ?? '';
  const first = /^(\[(?:\\.|[^\]\\])+\]|\\[^\w]|\\[ns]|[^\\()[\]|.^$*+?{}])(?![*?{])/s.exec(body);
  let flat = body.replace(/\\.|\[(?:\\.|[^\]\\])*\]/gs, '_'), before;
  do { before = flat; flat = flat.replace(/\([^()]*\)/g, '_'); } while (flat !== before);
  return first && !/[()|]/.test(flat) ? new RegExp(`^${first[1]}`, flags) : null;
}

// A word that the rest of the text must hold, for rules that look for it along the whole line.
const needed = ({ source }) => /^\^\(\?:\.\*([a-z]+)/.exec(source)?.[1] ?? '';

// Gives a lexer `quick(text)`, the rules to be tried in this text, and `token(rules)`, the next token by them.
export function quicken(lexer) {
  const { flex, ranges, backtrack_lexer: backtracks } = lexer.options;
  if (flex || ranges || backtracks) throw new Error('a lexer with options that are not known here');
  // Sticky: engines without V8's start-anchor optimisation retry /^../ at every index.
  const rules = lexer.rules.map((rule) => (
    { sticky: new RegExp(rule.source, `${rule.flags}y`), begins: beginning(rule), needs: needed(rule) }));
  const words = [...new Set(rules.map((rule) => rule.needs))].filter(Boolean), tables = {};

  // The rules to be tried in a condition before a character, found when first asked for.
  function candidates(table, condition, code) {
    const numbers = lexer.conditions[condition].rules.filter((number) => {
      const { begins, needs } = rules[number];
      return !table.absent.includes(needs) && (!begins || code === OTHERS || begins.test(String.fromCharCode(code)));
    });
    return (table[condition] ??= [])[code] = numbers.map((number) => ({ number, sticky: rules[number].sticky }));
  }

  function take(lexer, text, number, condition) {
    const { first_line, last_line } = lexer.yylloc;
    if (text.includes('\n') || text.includes('\r')) {
      lexer.yylineno += text.match(/\r\n?|\n/g).length;
      lexer.yylloc = { first_line: last_line, last_line: lexer.yylineno + 1 };
    } else if (first_line !== last_line) {
      lexer.yylloc = { first_line: last_line, last_line };
    }
    lexer.yytext = lexer.match = text;
    lexer.yyleng = text.length;
    lexer._input = lexer._input.slice(text.length);
    const act = lexer.performAction.actions[number];
    const token = act && act.call(lexer, lexer.yy, lexer, number, condition);
    if (lexer.done && lexer._input) lexer.done = false;
    return token;
  }

  lexer.quick = function (text) {
    this.whole = text;
    const lower = words.length ? text.toLowerCase() : '', absent = words.filter((word) => !lower.includes(word));
    return tables[absent.join()] ??= { absent };
  };
  // What only errors ask for: the text up to here.
  lexer.catchUp = function () { this.matched = this.whole.slice(0, this.whole.length - this._input.length); };
  lexer.token = function (table) {
    next: for (;;) {
      if (this.done) return this.EOF;
      const input = this._input, { conditionStack } = this;
      if (!input) this.done = true;
      this.yytext = this.match = '';
      const condition = conditionStack[conditionStack.length - 1] || 'INITIAL';
      const code = input ? Math.min(input.charCodeAt(0), OTHERS) : OTHERS;
      const tried = table[condition]?.[code] ?? candidates(table, condition, code);
      for (let i = 0; i < tried.length; i++) {
        const rule = tried[i], { sticky } = rule;
        sticky.lastIndex = 0;
        const match = sticky.exec(input);
        if (match === null) continue;
        const token = take(this, match[0], rule.number, condition);
        if (token) return token;
        continue next;
      }
      if (input === '') return this.EOF;
      this.catchUp();
      return this.next();   // which says what is wrong
    }
  };
}
