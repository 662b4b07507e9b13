import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { BuildError } from '../../errors/index.ts';
import type { GivenSecret } from '../build-request.ts';
import type { Environment } from '../front-ports.ts';

/** BuildKit's limit. */
const LARGEST = 500 * 1024;

/** Where a secret comes from. */
export type SecretSource = { readonly file: string } | { readonly env: string };

export interface SecretPlace {
  readonly env: Environment;
  /** What relative paths start from. */
  readonly cwd: string;
}

/** Secrets as far as they are there, and what is to be told of the others; values are never told. */
export interface ReadSecrets {
  readonly secrets: readonly GivenSecret[];
  readonly warnings: readonly string[];
}

/** A secret out of a file or variable; undefined for a variable that is not set. Throws USAGE for a file that is missing or too large. */
export function readSecret(
  id: string,
  source: SecretSource,
  { env, cwd }: SecretPlace,
): GivenSecret | undefined {
  if ('env' in source) {
    const value = env[source.env];
    return value === undefined ? undefined : { id, content: Buffer.from(value) };
  }
  const path = resolve(cwd, source.file);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) {
    throw new BuildError('USAGE', `the file of secret ${id} is not there: ${path}`, {
      hint: 'check the path, or give the secret by env=VARIABLE',
    });
  }
  if (stat.size > LARGEST) {
    throw new BuildError('USAGE', `secret ${id} is too large: ${stat.size} bytes`, {
      hint: 'a secret may have 500 KiB',
    });
  }
  return { id, content: readFileSync(path) };
}

/** What is told of a secret whose variable is not set. */
export function unsetWarning(id: string, variable: string): string {
  return `secret ${id} is not given: the variable ${variable} is not set`;
}
