// What jison's generated parsers do, without the copies that they make at every step. Tables, actions and errors are
// the parser's own.
import { quicken } from './lexing.js';

const SHIFT = 1, REDUCE = 2, ERROR = 2;

// A parser's `parse`. `before(place, rule)` is called before the action of a rule, `after(value, place, places)` after it.
export function quickParse(parser, before, after) {
  quicken(parser.lexer);
  const { table, productions_: productions, defaultActions, symbols_: symbols } = parser;
  const { actions } = parser.performAction;
  return function (input) {
    const { lexer, yy } = prepare(this, input);
    const rules = lexer.quick(input), states = [0], values = [null], places = [lexer.yylloc], result = {};
    let state = 0, symbol = null, text = '', length = 0, line = 0;
    for (;;) {
      let action = defaultActions[state];
      if (!action) {
        if (symbol === null) {
          symbol = lexer.token(rules);
          if (typeof symbol !== 'number') symbol = symbols[symbol] || symbol;
        }
        action = table[state][symbol];
        if (!action) fail(this, lexer, table[state], symbol, line);
      }
      if (action[0] === SHIFT) {
        values.push(lexer.yytext);
        places.push(lexer.yylloc);
        states.push(state = action[1]);
        symbol = null;
        text = lexer.yytext; length = lexer.yyleng; line = lexer.yylineno;
      } else if (action[0] === REDUCE) {
        const rule = action[1], left = productions[rule][0], size = productions[rule][1], count = values.length;
        const first = places[count - (size || 1)], last = places[count - 1];
        const place = first === last ? first : { first_line: first.first_line, last_line: last.last_line };
        result.$ = values[count - size];
        result._$ = place;
        before(place, rule);
        const act = actions[rule], ended = act && act.call(result, text, length, line, yy, rule, values, places);
        after(result.$, place, places);
        if (ended !== undefined) return ended;
        states.length = values.length = places.length = count - size;
        values.push(result.$);
        places.push(place);
        states.push(state = table[states[states.length - 1]][left]);
      } else {
        return true;
      }
    }
  };
}

function prepare(parser, input) {
  const lexer = Object.create(parser.lexer), yy = { ...parser.yy, lexer, parser };
  lexer.setInput(input, yy);
  parser.parseError = typeof yy.parseError === 'function' ? yy.parseError : Object.getPrototypeOf(parser).parseError;
  return { lexer, yy };
}

function fail(parser, lexer, row, symbol, line) {
  lexer.catchUp();
  const { terminals_: terminals } = parser, found = terminals[symbol] || symbol;
  const expected = Object.keys(row).filter((key) => terminals[key] && key > ERROR).map((key) => `'${terminals[key]}'`);
  const message = `Parse error on line ${line + 1}:\n${lexer.showPosition()}\nExpecting ${expected.join(', ')}, got '${found}'`;
  parser.parseError(message, { text: lexer.match, token: found, line: lexer.yylineno, expected });
}
