import { posix } from 'node:path';
import { quote } from '../characters.ts';
import { type RunMountFlag } from '../instruction.ts';
import { parseBoolean, parseByteSize } from '../numbers.ts';
import { semanticsError } from '../source-location.ts';
import { didYouMean, suggestIgnoringCase } from '../suggest.ts';

const TYPES = ['bind', 'cache', 'tmpfs', 'secret', 'ssh'];
const SHARING = ['shared', 'private', 'locked'];
/** Options that only some types have. */
const TYPES_OF: ReadonlyMap<string, readonly string[]> = new Map([
  ['required', ['secret', 'ssh']],
  ['size', ['tmpfs']],
  ['sharing', ['cache']],
  ['mode', ['cache', 'secret', 'ssh']],
  ['uid', ['cache', 'secret', 'ssh']],
  ['gid', ['cache', 'secret', 'ssh']],
  ['from', ['bind', 'cache', 'tmpfs', 'ssh']],
]);
const MAX_UINT32 = 2 ** 32 - 1;

/**
 * The mount with `expand` applied to its values, and these checked and in the one form that RunMountFlag
 * tells of. Throws DOCKERFILE_SEMANTICS for a value that an option cannot have and for an option that
 * the mount's type does not know.
 */
export function expandMount(mount: RunMountFlag, expand: (value: string) => string): RunMountFlag {
  const values = new Map([...mount.options].map(([key, value]) => [key, expand(value)] as const));
  const type = oneOf('mount type', values.get('type') ?? 'bind', TYPES);
  const options = new Map([['type', type]]);
  for (const [key, value] of values) {
    if (key === 'type') continue;
    checkType(key, type);
    const [name, checked] = normalize(key, value);
    options.set(name, checked);
  }
  checkTarget(options.get('target'));
  if (type === 'secret') checkSecret(options);
  return { raw: mount.raw, options };
}

function checkType(key: string, type: string): void {
  const types = TYPES_OF.get(key);
  if (types === undefined || types.includes(type)) return;
  throw semanticsError(
    `unexpected key '${key}' for mount type '${type}'`,
    `${key} belongs to mounts of type ${types.join(' or ')}`,
  );
}

function normalize(key: string, value: string): readonly [string, string] {
  switch (key) {
    case 'readonly':
    case 'required':
      return [key, String(boolean(key, value))];
    case 'readwrite':
      return ['readonly', String(!boolean(key, value))];
    case 'sharing':
      return [key, oneOf('sharing value', value, SHARING)];
    case 'size':
      return [key, size(value)];
    case 'mode':
      return [key, unsigned(key, value, 8)];
    case 'uid':
    case 'gid':
      return [key, unsigned(key, value, 10)];
    default:
      return [key, value];
  }
}

function oneOf(what: string, value: string, allowed: readonly string[]): string {
  const lower = value.toLowerCase();
  if (allowed.includes(lower)) return lower;
  throw semanticsError(
    `unsupported ${what} ${quote(value)}${didYouMean(suggestIgnoringCase(value, allowed))}`,
    `it can be ${allowed.join(', ')}`,
  );
}

function boolean(key: string, value: string): boolean {
  const parsed = parseBoolean(value);
  if (parsed !== undefined) return parsed;
  throw semanticsError(`invalid value for ${key}: ${value}`, 'it can be true or false');
}

function size(value: string): string {
  const bytes = parseByteSize(value);
  if (bytes !== undefined && Number.isSafeInteger(bytes)) return String(bytes);
  throw semanticsError(`invalid value for size: ${value}`, 'write it like 64m or 1g');
}

function unsigned(key: string, value: string, radix: 8 | 10): string {
  const form = radix === 8 ? /^[0-7]{1,20}$/ : /^\d{1,20}$/;
  if (form.test(value) && parseInt(value, radix) <= MAX_UINT32) return value;
  throw semanticsError(
    `invalid value ${value} for ${key}`,
    radix === 8 ? 'it is an octal number' : 'it is a decimal number',
  );
}

/** A relative target may still turn out to be `/`; only the build knows the working directory. */
function checkTarget(target: string | undefined): void {
  if (target?.startsWith('/') !== true || posix.normalize(target).replace(/\/$/, '') !== '') return;
  throw semanticsError(`invalid mount target ${quote(target)}`, 'nothing can be mounted over the root');
}

function checkSecret(options: ReadonlyMap<string, string>): void {
  const has = (key: string): boolean => (options.get(key) ?? '') !== '';
  if (!has('source') && !has('target') && !has('id')) {
    throw semanticsError(
      'invalid secret mount. one of source, target required',
      'name the secret: --mount=type=secret,id=NAME',
    );
  }
  if (has('source') && has('id')) throw semanticsError("both source and id can't be set");
}
