import { quote } from './characters.ts';
import { syntaxError } from './source-location.ts';

/** The boolean of a word in any of Go's spellings (1, t, TRUE, true, True, …), else undefined. */
export function parseBoolean(word: string): boolean | undefined {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(word)) return true;
  if (/^(?:0|f|F|FALSE|false|False)$/.test(word)) return false;
  return undefined;
}

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);
const MAX_DURATION = 2n ** 63n - 1n;
/** Longer than any sensible one; keeps the arithmetic small. */
const MAX_DURATION_LENGTH = 200;
const DURATION_PART = /^(\d*)(?:\.(\d*))?([^\d.]*)/;

/**
 * The nanoseconds of a Go duration such as `1h15m30.5s`. Throws DOCKERFILE_SYNTAX with the reason
 * (missing or unknown unit, not a number, too large).
 */
export function parseDuration(word: string): number {
  const negative = word.startsWith('-');
  let rest = word.replace(/^[-+]/, '');
  if (rest === '0') return 0;
  if (rest === '' || rest.length > MAX_DURATION_LENGTH) {
    throw syntaxError(`invalid duration ${quote(word)}`);
  }
  let total = 0n;
  while (rest !== '') {
    const [part = '', whole = '', fraction = '', unit = ''] = DURATION_PART.exec(rest) ?? [];
    if (whole === '' && fraction === '') throw syntaxError(`invalid duration ${quote(word)}`);
    total += nanoseconds(word, whole, fraction, unit);
    rest = rest.slice(part.length);
  }
  if (total > MAX_DURATION) throw syntaxError(`invalid duration ${quote(word)}`);
  return Number(negative ? -total : total);
}

function nanoseconds(word: string, whole: string, fraction: string, unit: string): bigint {
  if (unit === '') {
    throw syntaxError(`missing unit in duration ${quote(word)}`, `write ${word}s for seconds`);
  }
  const scale = UNITS.get(unit);
  if (scale === undefined) {
    throw syntaxError(
      `unknown unit ${quote(unit)} in duration ${quote(word)}`,
      'the units are ns, us, ms, s, m and h',
    );
  }
  return BigInt(whole || '0') * scale + (BigInt(fraction || '0') * scale) / 10n ** BigInt(fraction.length);
}

const BINARY_PREFIXES = 'kmgtp';

/** The bytes of a size such as `512`, `64m`, `1.5GiB` (powers of 1024), else undefined. */
export function parseByteSize(word: string): number | undefined {
  const [, digits, prefix] = /^(\d+(?:\.\d+)?) ?(?:([kmgtp])i?)?b?$/i.exec(word) ?? [];
  if (digits === undefined) return undefined;
  const power = prefix === undefined ? 0 : BINARY_PREFIXES.indexOf(prefix.toLowerCase()) + 1;
  return Math.trunc(Number(digits) * 1024 ** power);
}
