import { describe, expect, it } from 'vitest';
import { credentialOf, parseRegistryAuth } from '../../../src/request/index.ts';

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

  it.each(['scope: repo', 'ecr: true'])('does not support %s', (field) => {
    expect(thrownBy(() => parseRegistryAuth(`- {username: a, password: b, ${field}}`))).toMatchObject({
      code: 'UNSUPPORTED',
    });
  });
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
