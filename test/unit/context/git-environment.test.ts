import { describe, expect, it } from 'vitest';
import { gitCredentials } from '../../../src/context/index.ts';
import { gitEnvironment } from '../../../src/context/git/git-environment.ts';
import type { GitSource } from '../../../src/request/index.ts';

const TOKEN = `Basic ${Buffer.from('x-access-token:t').toString('base64')}`;

/** The settings an environment carries, as git reads them. */
function settingsOf(env: Readonly<Record<string, string>>): [string, string][] {
  return Array.from({ length: Number(env['GIT_CONFIG_COUNT']) }, (_, index) => [
    env[`GIT_CONFIG_KEY_${index}`] ?? '',
    env[`GIT_CONFIG_VALUE_${index}`] ?? '',
  ]);
}
const headersOf = (source: GitSource, credentials: ReturnType<typeof gitCredentials>): [string, string][] =>
  settingsOf(gitEnvironment(source, { env: {}, credentials })).filter(([key]) => key.endsWith('extraHeader'));

describe('the environment of git', () => {
  const env = gitEnvironment(
    { remote: 'https://h/r.git' },
    {
      env: {
        PATH: '/bin',
        HOME: '/root',
        GITHUB_TOKEN: 'x',
        GIT_DIR: '/x',
        GIT_CONFIG_PARAMETERS: "'a=b'",
        https_proxy: 'p',
        LD_PRELOAD: 'x',
      },
      credentials: [],
    },
  );

  it('is made anew: of this one only what tells the way to servers is in it', () => {
    expect(env).toMatchObject({
      PATH: '/bin',
      https_proxy: 'p',
      HOME: '/nonexistent',
      GIT_TERMINAL_PROMPT: '0',
    });
    for (const name of ['GITHUB_TOKEN', 'GIT_DIR', 'GIT_CONFIG_PARAMETERS', 'LD_PRELOAD'])
      expect(env).not.toHaveProperty(name);
  });

  it('lets in no file, no helper and no setting of the machine', () => {
    expect(env['GIT_ALLOW_PROTOCOL']).toBe('http:https:ssh:git');
    expect(env).toMatchObject({ GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' });
    expect(settingsOf(env)).toContainEqual(['core.hooksPath', '/dev/null']);
    expect(settingsOf(env)).toContainEqual(['credential.helper', '']);
    expect(env).not.toHaveProperty('GIT_SSL_NO_VERIFY');
  });
});

describe('credentials of git repositories', () => {
  it('are for their host only, and never in the clear to another machine', () => {
    const credentials = [{ host: 'h', header: TOKEN }];
    expect(headersOf({ remote: 'https://elsewhere/r.git' }, credentials)).toEqual([
      ['http.https://h/.extraHeader', `Authorization: ${TOKEN}`],
    ]);
    expect(headersOf({ remote: 'x' }, [{ host: '127.0.0.1:80', header: TOKEN }])).toHaveLength(2);
  });

  it('are not sent on to where a server points', () => {
    const settings = settingsOf(
      gitEnvironment({ remote: 'x' }, { env: {}, credentials: [{ host: 'h', header: TOKEN }] }),
    );
    expect(settings).toContainEqual(['http.https://h/.followRedirects', 'false']);
  });

  it('in the URL win for its host', () => {
    const source = { remote: 'https://h/r.git', userInfo: 'me:p%40ss' };
    expect(headersOf(source, [{ host: 'h', header: TOKEN }])).toEqual([
      ['http.https://h/.extraHeader', `Authorization: Basic ${Buffer.from('me:p@ss').toString('base64')}`],
    ]);
  });

  it('come from tokens given directly, then from variables with a host, then from those without', () => {
    const env = { 'GIT_AUTH_TOKEN.h': 'other', 'GIT_AUTH_HEADER.k': 'Bearer b', GIT_AUTH_TOKEN: 'wide' };
    const wide = `Basic ${Buffer.from('x-access-token:wide').toString('base64')}`;
    expect(gitCredentials(env, [{ host: 'H', token: 't' }], ['h', 'named'])).toEqual([
      { host: 'h', header: TOKEN },
      { host: 'k', header: 'Bearer b' },
      { host: 'named', header: wide },
    ]);
  });

  it('without a host are for nobody the user did not name', () => {
    expect(gitCredentials({ GIT_AUTH_TOKEN: 't', GIT_TOKEN: 't' }, [], [])).toEqual([]);
  });

  it.each([
    [{ GIT_TOKEN: 'k' }, 'k:'],
    [{ GIT_USERNAME: 'u', GIT_PASSWORD: 'p' }, 'u:p'],
  ])('are kaniko’s %j too', (env, text) => {
    expect(gitCredentials(env, [], ['h'])).toEqual([
      { host: 'h', header: `Basic ${Buffer.from(text).toString('base64')}` },
    ]);
  });

  it('that would end the header are left out', () => {
    expect(gitCredentials({ 'GIT_AUTH_HEADER.h': 'Bearer a\r\nX: y' }, [], [])).toEqual([]);
    expect(gitCredentials({ GIT_AUTH_TOKEN: '' }, [], ['h'])).toEqual([]);
  });
});
