import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { BuildError } from '../../errors/index.ts';
import type { Environment } from '../front-ports.ts';

/** Where the key is looked for when none is named. */
const VARIABLE = 'TS_KANIKO_CACHE_KEY';
const SHORTEST = 16;
/** Nobody's key is longer; a wrong path may name anything. */
const LONGEST = 64 * 1024;

/** Whether a value may be the key itself: what stands on a command line is seen by every process of the machine. */
export type KeyForms = 'anything' | 'named';

/**
 * The key that records of the cache are signed with: `env=VARIABLE`, `file=path`, or the key itself where that is allowed;
 * where none is given, that of TS_KANIKO_CACHE_KEY. Undefined for none. Throws USAGE, whose message has nothing of a key.
 */
export function readSigningKey(
  given: string | undefined,
  { env, cwd }: { readonly env: Environment; readonly cwd: string },
  forms: KeyForms,
): string | undefined {
  const [, kind, name = ''] = /^(env|file|src)=(.*)$/s.exec(given ?? '') ?? [];
  if (kind === 'env') return checked(variable(name, env), name);
  if (kind !== undefined) return checked(file(resolve(cwd, name)), name);
  if (given === undefined || given === '')
    return (env[VARIABLE] ?? '') === '' ? undefined : checked(env[VARIABLE] ?? '', VARIABLE);
  if (forms === 'anything') return checked(given, 'the value of cache-signing-key');
  throw new BuildError('USAGE', '--cache-signing-key takes no key itself: every process would see it', {
    hint: 'write --cache-signing-key=env=VARIABLE or --cache-signing-key=file=path',
  });
}

function variable(name: string, env: Environment): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new BuildError('USAGE', `cache-signing-key: the variable ${name} is not set`);
}

function file(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(0, LONGEST);
  } catch (error) {
    throw new BuildError('USAGE', `cache-signing-key: ${path} cannot be read`, { cause: error });
  }
}

/** White space at the ends belongs to files and pasted secrets, not to keys. */
function checked(text: string, name: string): string {
  const key = text.trim();
  if (key.length >= SHORTEST) return key;
  throw new BuildError('USAGE', `cache-signing-key: ${name} has fewer than ${SHORTEST} characters`, {
    hint: 'make a key with openssl rand -hex 32',
  });
}
