/** One way a server offers to authenticate. */
export interface Challenge {
  /** In lower case: `basic`, `bearer`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const SEPARATORS = /[\s,]*/y;
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=\s*(?:,|$))/y;
const EQUALS = /\s*=\s*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
/** Values that should be quoted and are not, as some registries send them. */
const BARE = /[^\s,"]+/y;

/**
 * Reads a WWW-Authenticate header, or several joined by commas (RFC 9110, 11.6.1), in linear time. What makes no sense is
 * skipped; a parameter given twice keeps its first value.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const scan = new Scanner(header);
  while (scan.skipSeparators()) {
    const word = scan.take(TOKEN);
    if (word === undefined) {
      scan.skipOne();
      continue;
    }
    const current = challenges.at(-1);
    if (current !== undefined && scan.take(EQUALS) !== undefined) {
      const value = scan.takeValue();
      const name = word.toLowerCase();
      if (!current.parameters.has(name)) current.parameters.set(name, value);
    } else {
      challenges.push({ scheme: word.toLowerCase(), parameters: new Map() });
      scan.skipSpaces();
      scan.take(TOKEN68);
    }
  }
  return challenges;
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** False at the end. */
  skipSeparators(): boolean {
    this.take(SEPARATORS);
    return this.#at < this.#text.length;
  }

  skipSpaces(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1;
  }

  skipOne(): void {
    this.#at += 1;
  }

  take(pattern: RegExp): string | undefined {
    return this.#match(pattern)?.[0];
  }

  takeValue(): string {
    const quoted = this.#match(QUOTED)?.[1];
    if (quoted !== undefined) return quoted.replace(/\\(.)/gs, '$1');
    return this.take(BARE) ?? '';
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }
}
