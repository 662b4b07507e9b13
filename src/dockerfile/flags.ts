import { isSpace } from './characters.ts';
import { didYouMean, suggest } from './suggest.ts';
import { syntaxError } from './source-location.ts';

/** `bool`: `--x` or `--x=true`; `string`: `--x=v`, once; `strings`: may repeat. */
export type FlagKind = 'bool' | 'string' | 'strings';

export interface ExtractedFlags {
  readonly flags: readonly string[];
  readonly rest: string;
}

/**
 * The leading `--…` words of an instruction's arguments, quotes and backslashes resolved, and the text
 * after them. `--` alone ends the flags. The escape directive has no say here.
 */
export function extractFlags(text: string): ExtractedFlags {
  const flags: string[] = [];
  let position = 0;
  for (;;) {
    while (position < text.length && isSpace(text.charAt(position))) position++;
    if (!text.startsWith('--', position)) return { flags, rest: text.slice(position) };
    const [word, end] = readFlag(text, position);
    position = end;
    if (word === '--') return { flags, rest: text.slice(position) };
    flags.push(word);
  }
}

function readFlag(text: string, start: number): readonly [string, number] {
  let word = '';
  let quote: string | undefined;
  let position = start;
  for (; position < text.length; position++) {
    const character = text.charAt(position);
    if (quote === undefined && isSpace(character)) break;
    if (character === quote) quote = undefined;
    else if (quote === undefined && (character === '"' || character === "'")) quote = character;
    else if (character === '\\') word += text.charAt(++position);
    else word += character;
  }
  return [word, position];
}

/** The flags of one instruction after checking, by name. */
export class FlagValues {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  /** The value of a string flag; undefined where absent or empty, which means the same. */
  string(name: string): string | undefined {
    return this.#values.get(name)?.[0] || undefined;
  }

  /** The value of a string flag where an empty one is as good as any other; undefined where absent. */
  written(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  /** Every value of a repeatable flag, in order. */
  strings(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** The value of a boolean flag; undefined where absent. */
  bool(name: string): boolean | undefined {
    const value = this.#values.get(name)?.[0];
    return value === undefined ? undefined : value === 'true';
  }
}

/**
 * The values of an instruction's flags against those it knows. Throws DOCKERFILE_SYNTAX for a flag that
 * is unknown, repeated, without its value, or not a boolean where one is due.
 */
export function parseFlags(flags: readonly string[], known: Readonly<Record<string, FlagKind>>): FlagValues {
  const values = new Map<string, string[]>();
  for (const flag of flags) {
    const at = flag.indexOf('=');
    const written = at < 0 ? flag : flag.slice(0, at);
    const name = written.slice(2);
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) throw unknownFlag(written, Object.keys(known));
    const earlier = values.get(name);
    if (earlier !== undefined && kind !== 'strings') {
      throw syntaxError(`duplicate flag specified: ${written}`);
    }
    const value = at < 0 ? undefined : flag.slice(at + 1);
    const checked = kind === 'bool' ? booleanValue(written, value) : value;
    if (checked === undefined) throw missingValue(written);
    values.set(name, [...(earlier ?? []), checked]);
  }
  return new FlagValues(values);
}

function booleanValue(flag: string, value: string | undefined): string {
  if (value === undefined) return 'true';
  if (value === '') throw missingValue(flag);
  const lower = value.toLowerCase();
  if (lower === 'true' || lower === 'false') return lower;
  throw syntaxError(`expecting boolean value for flag ${flag}, not: ${value}`);
}

function missingValue(flag: string): Error {
  return syntaxError(`missing a value on flag: ${flag}`, `write ${flag}=value`);
}

function unknownFlag(flag: string, known: readonly string[]): Error {
  const hint =
    known.length === 0
      ? 'this instruction takes no flags'
      : `the flags are ${known.map((name) => `--${name}`).join(', ')}`;
  return syntaxError(`unknown flag: ${flag}${didYouMean(suggest(flag.slice(2), known))}`, hint);
}
