import { describe, expect, it } from 'vitest';
import { parseCredentialHelpers } from '../../../src/request/credential-helpers.ts';
import {
  credentialOf,
  githubCredential,
  impliedCredentials,
  parseRegistryAuth,
} from '../../../src/request/index.ts';

const SECRET = 'hunter2-hunter2';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('parseRegistryAuth', () => {
  it('reads a list, docker.io where no registry is named', () => {
    const text = `
- registry: ghcr.io
  username: me
  password: ${SECRET}
- username: 1234
  password: 007
`;
    expect(parseRegistryAuth(text)).toEqual([
      { registry: 'ghcr.io', username: 'me', password: SECRET },
      { registry: 'docker.io', username: '1234', password: '007' },
    ]);
  });

  it('reads nothing from nothing', () => {
    expect(parseRegistryAuth(' \n')).toEqual([]);
  });

  it('takes words that YAML knows as other types for the strings they are', () => {
    const text = '- {username: yes, password: 1e3}\n- {username: null, password: "true"}';
    expect(parseRegistryAuth(text).map(({ username, password }) => [username, password])).toEqual([
      ['yes', '1e3'],
      ['null', 'true'],
    ]);
  });

  it('takes ecr where it asks for nothing', () => {
    expect(parseRegistryAuth('- {username: a, password: b, ecr: auto}')).toHaveLength(1);
    expect(parseRegistryAuth('- {username: a, password: b, ecr: "false"}')).toHaveLength(1);
  });

  it.each([
    ['a scalar', SECRET],
    ['a map', `username: me\npassword: ${SECRET}`],
    ['a list of scalars', `- ${SECRET}`],
    ['an entry without a user', `- password: ${SECRET}`],
    ['an unknown key', `- {username: me, password: ${SECRET}, pasword: ${SECRET}}`],
    ['broken YAML', `- username: "me\n  password: ${SECRET}`],
    ['a duplicate key', `- {password: ${SECRET}, password: ${SECRET}, username: a}`],
    ['an alias bomb', `- &a [${SECRET}]\n- [*a, *a]`],
  ])('refuses %s without quoting it', (_, text) => {
    const error = thrownBy(() => parseRegistryAuth(text));
    expect(error).toMatchObject({ code: 'USAGE' });
    const { message, hint, cause } = error as Error & { hint?: string };
    expect([message, hint, String(cause)].join('\n')).not.toContain(SECRET);
  });

  it.each([
    ['org/app', 'ghcr.io/org/app', undefined],
    ['org/app@push', 'ghcr.io/org/app', 'push'],
    ['org/@pull', 'ghcr.io/org', 'pull'],
    ['@push', 'ghcr.io', 'push'],
    ['org@pull,push', 'ghcr.io/org', undefined],
    ['', 'ghcr.io', undefined],
  ])('takes the scope %j for %s, %s', (scope, registry, access) => {
    const [entry] = parseRegistryAuth(
      `- {registry: https://ghcr.io/v1/, username: a, password: b, scope: "${scope}"}`,
    );
    expect(entry).toEqual({
      registry,
      username: 'a',
      password: 'b',
      ...(access === undefined ? {} : { access }),
    });
  });

  it.each(['a@b@c', '../../x y', '/abs', 'a@delete', 'a@'])('refuses the scope %j', (scope) => {
    const text = `- {username: a, password: ${SECRET}, scope: "${scope}"}`;
    const error = thrownBy(() => parseRegistryAuth(text));
    expect(error).toMatchObject({ code: 'USAGE', message: 'registry-auth: 0.scope is wrong' });
  });

  it.each([
    ['{registry: 123456789012.dkr.ecr.eu-west-1.amazonaws.com}', []],
    ['{registry: public.ecr.aws, ecr: auto}', []],
    ['{registry: r.example, ecr: true}', []],
    ['{registry: r.example, ecr: "true", username: a, password: b}', [true]],
    ['{registry: r.example, ecr: false, username: a, password: b}', [false]],
    ['{registry: r.example, ecr: auto, username: a, password: b}', [undefined]],
  ])('%s is for AWS: %j', (entry, ecr) => {
    expect(parseRegistryAuth(`- ${entry}`).map((one) => one.ecr)).toEqual(ecr);
  });

  it.each(['{ecr: maybe, username: a, password: b}', '{registry: public.ecr.aws, ecr: false}', '{}'])(
    'refuses %s',
    (entry) => expect(thrownBy(() => parseRegistryAuth(`- ${entry}`))).toMatchObject({ code: 'USAGE' }),
  );
});

describe('parseCredentialHelpers', () => {
  it.each([
    [[], undefined],
    [[''], []],
    [['none'], []],
    [['env,gitlab'], ['env', 'gitlab']],
    [
      ['env', ' github '],
      ['env', 'github'],
    ],
  ])('%j is %j', (values, names) => expect(parseCredentialHelpers(values)).toEqual(names));

  it('refuses an unknown name', () => {
    expect(thrownBy(() => parseCredentialHelpers(['keychain']))).toMatchObject({ code: 'USAGE' });
  });
});

describe('the token of a job', () => {
  const GITHUB = { GITHUB_ACTIONS: 'true', GITHUB_TOKEN: SECRET };

  it('is for ghcr.io, on github.com, as the actor', () => {
    expect(impliedCredentials({ ...GITHUB, GITHUB_ACTOR: 'me' })).toEqual([
      { registry: 'ghcr.io', username: 'me', password: SECRET, implied: true, origin: 'GITHUB_TOKEN' },
    ]);
    expect(githubCredential(SECRET, {}, 'x')).toMatchObject([{ username: 'x-access-token' }]);
  });

  it.each([
    [{ GITHUB_TOKEN: SECRET }],
    [{ ...GITHUB, GITHUB_TOKEN: ' ' }],
    [{ ...GITHUB, GITHUB_SERVER_URL: 'https://github.example' }],
    [{ ...GITHUB, GITHUB_SERVER_URL: 'https://github.com.evil.example' }],
  ])('is for nothing elsewhere: %j', (env) => expect(impliedCredentials(env)).toEqual([]));
});

describe('credentialOf', () => {
  it('is whole or absent', () => {
    expect(credentialOf('', '', '')).toBeUndefined();
    expect(credentialOf('ghcr.io', '', '')).toBeUndefined();
    expect(credentialOf('', 'u', 'p')).toEqual({ registry: 'docker.io', username: 'u', password: 'p' });
    expect(credentialOf('r', 'u', 'p')).toEqual({ registry: 'r', username: 'u', password: 'p' });
  });
  it('names the half that is missing', () => {
    expect(thrownBy(() => credentialOf('r', 'u', ''))).toMatchObject({
      code: 'USAGE',
      message: 'credentials without a password',
    });
    const noUser = thrownBy(() => credentialOf('r', '', SECRET)) as Error;
    expect(noUser.message).toBe('credentials without a username');
  });
});
