import {
  cacheSecrets,
  credentialOf,
  githubCredential,
  parseRegistryAuth,
  readSecretInputs,
  readSigningKey,
  type Environment,
  type GitToken,
  type GivenCredential,
  type ReadSecrets,
} from '../request/index.ts';
import { type InputValues } from './input-values.ts';
import { type Runner } from './runner.ts';

/**
 * The credentials in the inputs, every one hidden in the log: the password, each of its lines, and the form it has in an
 * Authorization header. The job's own token counts for ghcr.io where there is no other. Throws USAGE as the grammars do.
 */
export function readCredentials(values: InputValues, env: Environment, runner: Runner): GivenCredential[] {
  const password = values.text('password') ?? '';
  maskLines(password, runner);
  const single = credentialOf(values.text('registry') ?? '', values.text('username') ?? '', password);
  const credentials = parseRegistryAuth(values.text('registry-auth') ?? '');
  if (single !== undefined) credentials.push(single);
  const token = (values.text('github-token') ?? '').trim();
  credentials.push(...githubCredential(token, env, 'the input github-token'));
  for (const credential of credentials) maskCredential(credential, runner);
  return credentials;
}

/** The token for repositories on the runner's own server, and on no other; hidden in the log. */
export function readGitTokens(values: InputValues, env: Environment, runner: Runner): GitToken[] {
  const token = (values.text('github-token') ?? '').trim();
  const server = env['GITHUB_SERVER_URL'] ?? 'https://github.com';
  if (token === '' || !URL.canParse(server)) return [];
  maskCredential({ registry: '', username: 'x-access-token', password: token }, runner);
  return [{ host: new URL(server).host, token }];
}

/** The key that records of the layer cache are signed with, hidden in the log: whole and line by line. */
export function readKey(
  values: InputValues,
  place: { readonly env: Environment; readonly cwd: string },
  runner: Runner,
): string | undefined {
  const given = values.text('cache-signing-key');
  // A key that is refused is hidden too.
  if (given !== undefined && !/^(env|file|src)=/.test(given)) maskLines(given, runner);
  const key = readSigningKey(given, place, 'anything');
  if (key !== undefined) maskLines(key, runner);
  return key;
}

/** The secrets for RUN, hidden in the log: whole and line by line. */
export function readSecrets(
  values: InputValues,
  place: { readonly env: Environment; readonly cwd: string },
  runner: Runner,
): ReadSecrets {
  const read = readSecretInputs(
    {
      values: values.list('secrets'),
      envs: values.list('secret-envs'),
      files: values.list('secret-files'),
    },
    place,
  );
  for (const { content } of read.secrets) maskLines(Buffer.from(content).toString('utf8'), runner);
  return read;
}

/** Hides tokens in `cache-from` and `cache-to`, whether these can be read or not, and the key that entries are signed with. */
export function maskCaches(env: Environment, runner: Runner): void {
  const texts = [runner.input('cache-from'), runner.input('cache-to')];
  for (const secret of texts.flatMap(cacheSecrets)) maskLines(secret, runner);
  maskLines(env['TS_KANIKO_CACHE_KEY'] ?? '', runner);
}

function maskCredential({ username, password }: GivenCredential, runner: Runner): void {
  maskLines(password, runner);
  runner.mask(Buffer.from(`${username}:${password}`).toString('base64'));
}

function maskLines(secret: string, runner: Runner): void {
  const lines = secret.split(/\r\n|\n|\r/).map((line) => line.trim());
  for (const part of new Set([secret, ...lines])) if (part !== '') runner.mask(part);
}
