import { describe, expect, it } from 'vitest';
import { parseConfigFile } from '../../../src/registry/credentials/config-file.ts';
import { keysFor, registryKey } from '../../../src/registry/credentials/registry-key.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function auths(entries: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(parseConfigFile(JSON.stringify({ auths: entries }), 'the file').auths);
}

describe('entries of auths', () => {
  it.each([
    [{ auth: base64('user:pass') }, { kind: 'basic', username: 'user', password: 'pass' }],
    [{ auth: base64('user:pa:ss') }, { kind: 'basic', username: 'user', password: 'pa:ss' }],
    [{ auth: base64('user:pass\0\0') }, { kind: 'basic', username: 'user', password: 'pass' }],
    [{ auth: base64('user:pässwörd') }, { kind: 'basic', username: 'user', password: 'pässwörd' }],
    [
      { username: 'u', password: 'p' },
      { kind: 'basic', username: 'u', password: 'p' },
    ],
    [
      { auth: base64('user:pass'), identitytoken: 'id' },
      { kind: 'identity', token: 'id' },
    ],
    [{ registrytoken: 'rt' }, { kind: 'bearer', token: 'rt' }],
    [{}, undefined],
    [null, undefined],
    [{ auth: '', email: 'a@b' }, undefined],
  ])('%j', (entry, credential) => {
    expect(auths({ 'ghcr.io': entry })['ghcr.io']).toEqual(credential);
  });

  it.each(['no base64 of a pair', base64('nocolon'), base64(':nouser')])('refuses auth %j', (auth) => {
    expect(() => auths({ 'ghcr.io': { auth } })).toThrowError(
      expect.objectContaining({ code: 'USAGE', message: expect.not.stringContaining(auth) as string }),
    );
  });
});

describe('files', () => {
  it('tell of helpers', () => {
    const text = JSON.stringify({
      credsStore: 'desktop',
      credHelpers: { 'gcr.io': 'gcloud', 'https://index.docker.io/v1/': 'hub' },
      HttpHeaders: { a: 'b' },
    });
    const config = parseConfigFile(text, 'f');
    expect(config.store).toBe('desktop');
    expect(Object.fromEntries(config.helpers)).toEqual({ 'gcr.io': 'gcloud', 'docker.io': 'hub' });
  });

  it.each([
    '{',
    '[]',
    '"secret"',
    '{"auths":{"h":"secret"}}',
    '{"auths":{"h":{"auth":5}}}',
    '{"credsStore":7}',
  ])('that are broken are USAGE and not shown: %s', (text) => {
    expect(() => parseConfigFile(text, '/the/file')).toThrowError(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringMatching(/^(?!.*secret).*\/the\/file/) as string,
      }),
    );
  });

  it('may hold nothing', () => {
    expect(parseConfigFile('{}', 'f')).toMatchObject({ store: undefined });
  });
});

describe('registryKey', () => {
  it.each([
    ['https://index.docker.io/v1/', 'docker.io'],
    ['index.docker.io', 'docker.io'],
    ['docker.io', 'docker.io'],
    ['registry-1.docker.io', 'docker.io'],
    ['https://registry-1.docker.io/v2/', 'docker.io'],
    ['ghcr.io', 'ghcr.io'],
    ['https://ghcr.io', 'ghcr.io'],
    ['https://ghcr.io/v1/', 'ghcr.io'],
    ['http://localhost:5000/v2/', 'localhost:5000'],
    ['GHCR.io', 'ghcr.io'],
    ['ghcr.io/', 'ghcr.io'],
    ['ghcr.io/v2/', 'ghcr.io'],
    ['quay.io/org/team', 'quay.io/org/team'],
  ])('%s is %s', (text, key) => {
    expect(registryKey(text)).toBe(key);
  });

  it('is looked for from the most special on', () => {
    expect(keysFor('quay.io', 'org/app')).toEqual(['quay.io/org/app', 'quay.io/org', 'quay.io']);
  });
});
