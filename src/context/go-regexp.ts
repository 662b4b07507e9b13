/**
 * The regular expressions that moby's pattern matcher builds, in Go's RE2 syntax, as JavaScript ones. Only what can occur
 * there is understood: literals, escapes, classes, `^`, `$`, `.`, `*`, `|`, counts and the one group `(…)?`.
 * https://pkg.go.dev/regexp/syntax
 */
export function compileGoRegexp(source: string): RegExp | undefined {
  try {
    return new RegExp(new Translator([...source]).translate(), 'u');
  } catch {
    return undefined;
  }
}

class Malformed extends Error {}

const CONTROL: Readonly<Record<string, string>> = {
  a: '\x07',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
/** Perl classes; Go's are ASCII and `\s` has no vertical tab. */
const PERL: Readonly<Record<string, string>> = {
  d: '0-9',
  s: '\\t\\n\\f\\r ',
  w: '0-9A-Za-z_',
};
const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

const literal = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

class Translator {
  readonly #chars: readonly string[];
  #at = 0;

  constructor(chars: readonly string[]) {
    this.#chars = chars;
  }

  translate(): string {
    let out = '';
    let repeatable = false;
    while (this.#at < this.#chars.length) {
      const count = this.#count(repeatable);
      const char = count === undefined ? (this.#chars[this.#at++] ?? '') : '';
      if (count !== undefined) out += count;
      else if (char === '[') out += this.#class();
      else if (char === '\\') out += this.#escape();
      else if (char === '.') out += '[^\\n]';
      // Go can repeat an anchor, JavaScript only a group around one.
      else if ('^$'.includes(char)) out += `(?:${char})`;
      else if ('*?()|'.includes(char)) out += char;
      else out += literal(char);
      repeatable = count === undefined && !'*?(|'.includes(char);
    }
    return out;
  }

  /** `{2}`, `{2,}`, `{2,3}`: a count for what stands before; other braces stand for themselves. */
  #count(repeatable: boolean): string | undefined {
    if (this.#chars[this.#at] !== '{') return undefined;
    const parsed = /^\{(\d+)(,(\d*))?\}/.exec(this.#chars.slice(this.#at).join(''));
    if (parsed === null) return undefined;
    if (!repeatable || Number(parsed[1]) > 1000 || Number(parsed[3] ?? 0) > 1000) throw new Malformed();
    this.#at += parsed[0].length;
    return parsed[0];
  }

  #escape(): string {
    const char = this.#chars[this.#at] ?? '';
    if (char === 'A') return this.#take('(?:^)');
    if (char === 'z') return this.#take('(?:$)');
    if (char === 'b' || char === 'B') return this.#take(`(?:\\${char})`);
    if (char === 'Q') return this.#quoted();
    const set = this.#setEscape();
    if (set !== undefined) return set;
    return literal(this.#charEscape());
  }

  #take(text: string): string {
    this.#at++;
    return text;
  }

  #quoted(): string {
    this.#at++;
    let out = '';
    while (this.#at < this.#chars.length) {
      if (this.#chars[this.#at] === '\\' && this.#chars[this.#at + 1] === 'E') {
        this.#at += 2;
        break;
      }
      out += literal(this.#chars[this.#at++] ?? '');
    }
    return out;
  }

  /** `\d`, `\W`, `\pL`: sets, inside and outside brackets. */
  #setEscape(): string | undefined {
    const char = this.#chars[this.#at] ?? '';
    const perl = PERL[char.toLowerCase()];
    if (perl !== undefined) {
      this.#at++;
      return char === char.toLowerCase() ? `[${perl}]` : `[^${perl}]`;
    }
    if (char !== 'p' && char !== 'P') return undefined;
    const name = this.#chars[this.#at + 1] ?? '';
    if (!'CLMNPSZ'.includes(name) || name === '') throw new Malformed();
    this.#at += 2;
    return `\\${char}{${name}}`;
  }

  /** One character behind a backslash, as its value. */
  #charEscape(): string {
    const char = this.#chars[this.#at++];
    if (char === undefined) throw new Malformed();
    if (/^[0-7]$/.test(char)) return this.#octal(char);
    if (char === 'x') return this.#hex();
    const control = CONTROL[char];
    if (control !== undefined) return control;
    if ((char.codePointAt(0) ?? 0) >= 0x80 || /^[0-9A-Za-z]$/.test(char)) throw new Malformed();
    return char;
  }

  #octal(first: string): string {
    // \1 to \7 alone would be a back reference, which RE2 does not have.
    if (first !== '0' && !/^[0-7]$/.test(this.#chars[this.#at] ?? '')) throw new Malformed();
    let digits = first;
    while (digits.length < 3 && /^[0-7]$/.test(this.#chars[this.#at] ?? ''))
      digits += this.#chars[this.#at++] ?? '';
    return String.fromCodePoint(Number.parseInt(digits, 8));
  }

  #hex(): string {
    const digits = this.#chars.slice(this.#at, this.#at + 2).join('');
    if (!/^[0-9A-Fa-f]{2}$/.test(digits)) throw new Malformed();
    this.#at += 2;
    return String.fromCodePoint(Number.parseInt(digits, 16));
  }

  /** A bracket expression behind its `[`. Written as an alternation of sets, since JavaScript cannot nest them without the v flag. */
  #class(): string {
    const negated = this.#chars[this.#at] === '^';
    if (negated) this.#at++;
    const parts: string[] = [];
    for (let first = true; first || this.#chars[this.#at] !== ']'; first = false) {
      if (this.#at >= this.#chars.length) throw new Malformed();
      parts.push(this.#posixClass() ?? this.#setInClass() ?? this.#range());
    }
    this.#at++;
    const union = parts.join('|');
    return negated ? `(?:(?!${union})[^])` : `(?:${union})`;
  }

  #posixClass(): string | undefined {
    if (this.#chars[this.#at] !== '[' || this.#chars[this.#at + 1] !== ':') return undefined;
    const rest = this.#chars.slice(this.#at + 2).join('');
    const end = rest.indexOf(':]');
    if (end < 0) return undefined;
    const name = rest.slice(0, end);
    const set = POSIX[name.replace(/^\^/, '')];
    if (set === undefined) throw new Malformed();
    this.#at += 2 + [...name].length + 2;
    return name.startsWith('^') ? `[^${set}]` : `[${set}]`;
  }

  #setInClass(): string | undefined {
    if (this.#chars[this.#at] !== '\\') return undefined;
    this.#at++;
    const set = this.#setEscape();
    if (set === undefined) this.#at--;
    return set;
  }

  #range(): string {
    const low = this.#classChar();
    const next = this.#chars[this.#at + 1];
    if (this.#chars[this.#at] !== '-' || next === undefined || next === ']') return literal(low);
    this.#at++;
    const high = this.#classChar();
    if ((high.codePointAt(0) ?? 0) < (low.codePointAt(0) ?? 0)) throw new Malformed();
    return `[${literal(low)}-${literal(high)}]`;
  }

  #classChar(): string {
    const char = this.#chars[this.#at++];
    if (char === undefined) throw new Malformed();
    return char === '\\' ? this.#charEscape() : char;
  }
}
