import { z } from 'zod';
import { BuildError, redact } from '../../errors/index.ts';
import { findProgram, run } from '../../process/index.ts';
import { type Credential } from './credential.ts';
import { type Environment } from './credential-store.ts';

/** Helpers may unlock a keychain or ask a cloud for a token. */
const HELPER_TIMEOUT_MS = 30_000;
const HELPER_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
/** How helpers say that they know nothing; docker-credential-helpers, client package. */
const NOT_FOUND = 'credentials not found in native keychain';
/** In place of a user name: the secret is a refresh token. */
const TOKEN_USER = '<token>';

const Answer = z.looseObject({ Username: z.string(), Secret: z.string() });

/**
 * Asks `docker-credential-<name> get` for a server's credential; undefined where the helper has none. Throws
 * REGISTRY_AUTH where it is missing, fails, or answers nonsense.
 */
export async function askHelper(
  name: string,
  server: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<Credential | undefined> {
  if (!HELPER_NAME.test(name)) throw failed(name, 'its name is not allowed');
  const program = findProgram(`docker-credential-${name}`, env['PATH'] ?? '');
  if (program === undefined) throw failed(name, 'it is not installed');
  const result = await run(program, ['get'], {
    input: server,
    env: defined(env),
    timeoutMs: HELPER_TIMEOUT_MS,
    signal,
  });
  if (signal?.aborted === true) throw new BuildError('CANCELLED', 'the build was cancelled');
  if (result.status === 0) return parseAnswer(name, result.stdout);
  if (`${result.stdout}${result.stderr}`.includes(NOT_FOUND)) return undefined;
  throw failed(name, explain(result));
}

/** True where the program of a helper is on the PATH. */
export function isInstalled(name: string, env: Environment): boolean {
  return HELPER_NAME.test(name) && findProgram(`docker-credential-${name}`, env['PATH'] ?? '') !== undefined;
}

function parseAnswer(name: string, stdout: string): Credential | undefined {
  let json: unknown;
  try {
    json = JSON.parse(stdout);
  } catch {
    throw failed(name, 'it answered no JSON');
  }
  const answer = Answer.safeParse(json);
  if (!answer.success) throw failed(name, 'its answer lacks Username or Secret');
  const { Username: username, Secret: secret } = answer.data;
  if (secret === '') return undefined;
  return username === TOKEN_USER
    ? { kind: 'identity', token: secret }
    : { kind: 'basic', username, password: secret };
}

function explain(result: {
  status: number | null;
  stdout: string;
  stderr: string;
  errorCode?: string | undefined;
}): string {
  if (result.errorCode === 'ETIMEDOUT') return `it did not answer within ${HELPER_TIMEOUT_MS / 1000} s`;
  const said = redact((result.stderr || result.stdout).replace(/[\x00-\x1f\x7f]+/g, ' ').trim()).slice(
    0,
    200,
  );
  return said === '' ? `status ${result.status ?? result.errorCode ?? 'unknown'}` : said;
}

function failed(name: string, why: string): BuildError {
  return new BuildError('REGISTRY_AUTH', `credential helper ${JSON.stringify(name.slice(0, 60))}: ${why}`);
}

function defined(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
