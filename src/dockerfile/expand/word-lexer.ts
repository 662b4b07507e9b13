import { semanticsError } from '../source-location.ts';
import { type ExpandOptions, type Expansion, type Lookup } from './expansion.ts';
import { applyModifier, isModifier, substitutePattern } from './parameter.ts';
import { WordList } from './word-list.ts';

const SPECIAL_PARAMETERS = '@*#?-$!0';
/** Deeper than anybody writes by hand, and far from the end of the stack. */
const MAX_DEPTH = 200;

/** One pass over one word; see expand. Characters are code points. */
export class WordLexer {
  readonly #characters: readonly string[];
  readonly #lookup: Lookup;
  readonly #options: ExpandOptions;
  readonly #matched = new Set<string>();
  readonly #unmatched = new Set<string>();
  #position = 0;
  #rawEscapes: boolean;
  #depth = 0;

  constructor(word: string, lookup: Lookup, options: ExpandOptions) {
    this.#characters = [...word];
    this.#lookup = lookup;
    this.#options = options;
    this.#rawEscapes = options.rawEscapes === true;
  }

  run(): Expansion {
    const { text, words } = this.#until(undefined);
    return { text, words, matched: this.#matched, unmatched: this.#unmatched };
  }

  #peek(): string | undefined {
    return this.#characters[this.#position];
  }

  #take(): string | undefined {
    return this.#characters[this.#position++];
  }

  /** Everything up to a stop character, which is consumed, or to the end. */
  #until(stop: string | undefined): { text: string; words: readonly string[] } {
    const words = new WordList();
    let text = '';
    for (let next = this.#peek(); next !== undefined; next = this.#peek()) {
      if (next === stop) {
        this.#position++;
        return { text, words: words.finish() };
      }
      const [piece, splits] = this.#piece(next);
      text += piece;
      if (splits) words.addSplit(piece);
      else words.addWhole(piece);
    }
    if (stop === undefined) return { text, words: words.finish() };
    throw semanticsError(`syntax error: missing '${stop}'${stop === '/' ? ' in ${}' : ''}`);
  }

  /** The result of the next piece of the word, and whether its blanks separate words. */
  #piece(next: string): readonly [string, boolean] {
    const quotes = this.#options.ignoreQuotes !== true;
    if (next === '$') return [this.#dollar(), true];
    if (quotes && next === "'") return [this.#singleQuoted(), false];
    if (quotes && next === '"') return [this.#doubleQuoted(), false];
    if (next === '<') return [this.#heredocMark(), false];
    this.#position++;
    if (next !== this.#options.escape) return [next, true];
    return [(this.#rawEscapes ? next : '') + (this.#take() ?? ''), false];
  }

  /** `<<` keeps the blanks after it, so that `<< EOF` is one word. */
  #heredocMark(): string {
    let mark = this.#take() ?? '';
    if (this.#peek() !== '<') return mark;
    mark += this.#take() ?? '';
    while (/^[ \t\r]$/.test(this.#peek() ?? '')) mark += this.#take() ?? '';
    return mark;
  }

  #singleQuoted(): string {
    const quote = this.#options.rawQuotes === true ? "'" : '';
    const end = this.#characters.indexOf("'", this.#position + 1);
    if (end < 0) throw unclosed('single-quote');
    const text = this.#characters.slice(this.#position + 1, end).join('');
    this.#position = end + 1;
    return quote + text + quote;
  }

  #doubleQuoted(): string {
    const { escape, rawQuotes } = this.#options;
    const quote = rawQuotes === true ? '"' : '';
    let text = quote;
    this.#position++;
    for (let next = this.#peek(); next !== undefined; next = this.#peek()) {
      if (next === '$') {
        text += this.#dollar();
        continue;
      }
      this.#position++;
      if (next === '"') return text + quote;
      text += next === escape ? this.#escapedInQuotes(next) : next;
    }
    throw unclosed('double-quote');
  }

  /** Within double quotes only the quote, the dollar and the escape itself can be escaped. */
  #escapedInQuotes(escape: string): string {
    const kept = this.#rawEscapes ? escape : '';
    const next = this.#peek();
    if (next === undefined) return kept;
    if (next === '"' || next === '$' || next === escape) {
      this.#position++;
      return kept + next;
    }
    return kept + escape;
  }

  #dollar(): string {
    this.#position++;
    if (this.#peek() === '{') {
      this.#position++;
      return this.#braced();
    }
    const name = this.#name();
    if (name === '') return '$';
    return this.#value(name) ?? this.#unset(`$${name}`);
  }

  #braced(): string {
    const first = this.#peek();
    if (first === undefined) throw semanticsError("syntax error: missing '}'");
    if ('{}:'.includes(first)) throw semanticsError('syntax error: bad substitution');
    const name = this.#name();
    let operator = this.#take();
    if (operator === '}') return this.#value(name) ?? this.#unset(`\${${name}}`);
    if (operator === '/') return this.#replaced(name);
    let colon = '';
    if (operator === ':') [colon, operator] = [':', this.#take()];
    if (operator === undefined) throw semanticsError("syntax error: missing '}'");
    if (!isModifier(operator)) {
      throw semanticsError(`unsupported modifier (${colon}${operator}) in substitution`);
    }
    const word = this.#rawUntil('}', operator === '#' || operator === '%');
    const value = this.#value(name);
    if (value === undefined && this.#options.keepUnset === true) {
      return `\${${name}${colon}${operator}${word}}`;
    }
    return applyModifier(name, value, operator, colon === ':', word);
  }

  #replaced(name: string): string {
    const all = this.#peek() === '/';
    if (all) this.#position++;
    const pattern = this.#rawUntil('/', true);
    const replacement = this.#rawUntil('}', true);
    const value = this.#value(name);
    if (value === undefined && this.#options.keepUnset === true) {
      return `\${${name}/${all ? '/' : ''}${pattern}/${replacement}}`;
    }
    return substitutePattern(value ?? '', pattern, replacement, all);
  }

  #rawUntil(stop: string, raw: boolean): string {
    if (++this.#depth > MAX_DEPTH) throw semanticsError('syntax error: ${} nested too deeply');
    const before = this.#rawEscapes;
    this.#rawEscapes = raw;
    try {
      return this.#until(stop).text;
    } finally {
      this.#rawEscapes = before;
      this.#depth--;
    }
  }

  /** Letters, digits and `_`; a leading digit starts a number, a special parameter stands alone. */
  #name(): string {
    const first = this.#peek() ?? '';
    if (/^\p{Nd}$/u.test(first)) return this.#takeWhile(/^\p{Nd}$/u);
    if (first !== '' && SPECIAL_PARAMETERS.includes(first)) return this.#take() ?? '';
    return this.#takeWhile(/^[\p{L}\p{Nd}_]$/u);
  }

  #takeWhile(allowed: RegExp): string {
    let text = '';
    while (allowed.test(this.#peek() ?? '')) text += this.#take() ?? '';
    return text;
  }

  #value(name: string): string | undefined {
    const value = this.#lookup(name);
    (value === undefined ? this.#unmatched : this.#matched).add(name);
    return value;
  }

  #unset(written: string): string {
    return this.#options.keepUnset === true ? written : '';
  }
}

function unclosed(quote: string): Error {
  return semanticsError(`unexpected end of statement while looking for matching ${quote}`);
}
