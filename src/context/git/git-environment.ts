import type { Environment, GitSource } from '../../request/index.ts';
import { basic, type GitCredential } from './git-credentials.ts';
import { httpHostOf, isOpenTransport } from './git-host.ts';

/** Variables of the machine that tell how servers are reached; nothing else of its environment gets to git. */
const HANDED_ON = [
  'PATH',
  'SSH_AUTH_SOCK',
  'GIT_SSH_COMMAND',
  'GIT_EXEC_PATH',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
];

/** Settings a repository cannot overrule: nothing of it is executed, nothing of it touches the machine's own files. */
const SETTINGS: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.autocrlf', 'false'],
  ['core.symlinks', 'true'],
  ['core.askPass', ''],
  ['credential.helper', ''],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['advice.detachedHead', 'false'],
  ['init.defaultBranch', 'master'],
  ['safe.directory', '*'],
  // A server that sends nothing for a minute is given up.
  ['http.lowSpeedLimit', '1'],
  ['http.lowSpeedTime', '60'],
];

export interface GitSurroundings {
  readonly env: Environment;
  readonly credentials: readonly GitCredential[];
  readonly skipTlsVerify?: boolean | undefined;
  /** Ways to reach repositories; http, https, ssh and git where absent. */
  readonly protocols?: readonly string[] | undefined;
}

/**
 * The whole environment of git: no configuration of the machine or user, no prompt, no hook, no transport but those
 * allowed (submodules too), and credentials as settings bound to their host: they are in no argument, URL or file.
 */
export function gitEnvironment(source: GitSource, surroundings: GitSurroundings): Record<string, string> {
  const { env, skipTlsVerify, protocols = ['http', 'https', 'ssh', 'git'] } = surroundings;
  return {
    ...handedOn(env),
    LC_ALL: 'C',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'false',
    SSH_ASKPASS: 'false',
    GIT_SSH_COMMAND: env['GIT_SSH_COMMAND'] ?? 'ssh -o BatchMode=yes',
    GIT_ALLOW_PROTOCOL: protocols.join(':'),
    ...(skipTlsVerify === true && { GIT_SSL_NO_VERIFY: '1' }),
    ...asVariables([...SETTINGS, ...headers(source, surroundings.credentials)]),
  };
}

function handedOn(env: Environment): Record<string, string> {
  return Object.fromEntries(
    HANDED_ON.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function headers(source: GitSource, credentials: readonly GitCredential[]): [string, string][] {
  return withOwn(source, credentials).flatMap(({ host, header }): [string, string][] => {
    // Nobody but this machine is told a secret in the clear.
    const origins = [`https://${host}/`, `http://${host}/`].filter((origin) => !isOpenTransport(origin));
    return origins.flatMap((origin): [string, string][] => [
      [`http.${origin}.extraHeader`, `Authorization: ${header}`],
      // git sends the header on to wherever it is sent itself.
      [`http.${origin}.followRedirects`, 'false'],
    ]);
  });
}

/** With what stands in the URL itself, which wins for its host. */
function withOwn(source: GitSource, credentials: readonly GitCredential[]): readonly GitCredential[] {
  const host = httpHostOf(source);
  if (source.userInfo === undefined || host === undefined) return credentials;
  const [user = '', ...password] = source.userInfo.split(':');
  const header = basic(decoded(user), decoded(password.join(':')));
  const others = credentials.filter((credential) => credential.host !== host);
  return header === undefined ? others : [...others, { host, header }];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function asVariables(settings: readonly (readonly [string, string])[]): Record<string, string> {
  const pairs = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return Object.fromEntries([['GIT_CONFIG_COUNT', String(settings.length)], ...pairs]);
}
