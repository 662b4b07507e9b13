import type { Environment, GitToken } from '../../request/index.ts';

/** What a server of git by http is told, and which one. */
export interface GitCredential {
  /** `host` or `host:port`. */
  readonly host: string;
  /** Value of the Authorization header. */
  readonly header: string;
}

/** Characters that would end a header or a line of git's configuration. */

const UNFIT = /[\x00-\x1f\x7f]/;
const TOKEN_USER = 'x-access-token';

/**
 * The credentials of git repositories: tokens given directly, then BuildKit's GIT_AUTH_TOKEN and GIT_AUTH_HEADER with
 * `.<host>` in their names, then the same without, and kaniko's GIT_TOKEN or GIT_USERNAME and GIT_PASSWORD, for `hosts`
 * only: those the user named, never those that a Dockerfile or a submodule does. The first for a host counts.
 */
export function gitCredentials(
  env: Environment,
  tokens: readonly GitToken[],
  hosts: readonly string[],
): GitCredential[] {
  const found = new Map<string, string>();
  const add = (host: string, header: string | undefined): void => {
    if (header === undefined || UNFIT.test(header) || found.has(host.toLowerCase())) return;
    found.set(host.toLowerCase(), header);
  };
  for (const { host, token } of tokens) add(host, basic(TOKEN_USER, token));
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value === '') continue;
    if (name.startsWith('GIT_AUTH_HEADER.')) add(name.slice('GIT_AUTH_HEADER.'.length), value.trim());
    if (name.startsWith('GIT_AUTH_TOKEN.'))
      add(name.slice('GIT_AUTH_TOKEN.'.length), basic(TOKEN_USER, value.trim()));
  }
  for (const host of hosts) add(host, hostless(env));
  return [...found].map(([host, header]) => ({ host, header }));
}

/** Basic authentication; undefined where there is nothing to tell. */
export function basic(user: string, password: string): string | undefined {
  if (user === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function hostless(env: Environment): string | undefined {
  const header = env['GIT_AUTH_HEADER'] ?? '';
  if (header !== '') return header.trim();
  const token = env['GIT_AUTH_TOKEN'] ?? '';
  if (token !== '') return basic(TOKEN_USER, token.trim());
  // kaniko takes the token for a user name.
  const kaniko = env['GIT_TOKEN'] ?? '';
  return kaniko === '' ? basic(env['GIT_USERNAME'] ?? '', env['GIT_PASSWORD'] ?? '') : basic(kaniko, '');
}
