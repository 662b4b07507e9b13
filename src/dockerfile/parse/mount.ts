import { type RunMountFlag } from '../instruction.ts';
import { syntaxError } from '../source-location.ts';
import { didYouMean, suggest } from '../suggest.ts';
import { parseCsvRecord } from './csv-record.ts';

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['src', 'source'],
  ['dst', 'target'],
  ['destination', 'target'],
  ['ro', 'readonly'],
  ['rw', 'readwrite'],
]);
const SWITCHES = new Set(['readonly', 'readwrite', 'required']);
const KEYS = new Set([
  'type',
  'from',
  'source',
  'target',
  'readonly',
  'readwrite',
  'required',
  'id',
  'sharing',
  'size',
  'mode',
  'uid',
  'gid',
  'env',
]);
/** Each of the two says what the other denies: the later one counts. */
const OPPOSITES: ReadonlyMap<string, string> = new Map([
  ['readonly', 'readwrite'],
  ['readwrite', 'readonly'],
]);

/**
 * One `--mount` value with its keys lower-cased and aliases folded; a later option replaces an earlier
 * one. The values stay as written: variables are replaced and values checked by expandMount. Throws
 * DOCKERFILE_SYNTAX for an unknown key, a missing value, and a variable in `from`.
 */
export function parseMount(raw: string): RunMountFlag {
  const options = new Map<string, string>();
  for (const field of parseCsvRecord(raw)) {
    const [key, value] = parseField(field);
    options.delete(OPPOSITES.get(key) ?? '');
    options.set(key, value);
  }
  return { raw, options };
}

function parseField(field: string): readonly [string, string] {
  const at = field.indexOf('=');
  const written = (at < 0 ? field : field.slice(0, at)).toLowerCase();
  const key = ALIASES.get(written) ?? written;
  if (at < 0) {
    if (SWITCHES.has(key)) return [key, 'true'];
    throw syntaxError(
      `invalid field '${field}' must be a key=value pair`,
      'the options of a mount are separated by commas, without blanks',
    );
  }
  if (!KEYS.has(key)) throw unknownKey(written, field);
  const value = field.slice(at + 1);
  if (key === 'from' && /\$./.test(value)) {
    throw syntaxError(
      "'from' doesn't support variable expansion, define alias stage instead",
      'add a stage FROM that image AS a name, and use the name',
    );
  }
  return [key, value];
}

function unknownKey(key: string, field: string): Error {
  const known = [...KEYS, ...ALIASES.keys()];
  return syntaxError(`unexpected key '${key}' in '${field}'${didYouMean(suggest(key, known))}`);
}
