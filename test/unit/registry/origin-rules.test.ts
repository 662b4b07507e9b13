import { describe, expect, it } from 'vitest';
import { type HttpResponse } from '../../../src/http/index.ts';
import { parseReference } from '../../../src/reference/index.ts';
import { tokenServer } from '../../../src/registry/auth/realm.ts';
import { type Connection } from '../../../src/registry/connection.ts';
import { endpointOf } from '../../../src/registry/endpoint.ts';
import { foreignText } from '../../../src/registry/foreign-text.ts';
import { pullCandidates } from '../../../src/registry/pull-candidates.ts';
import { uploadLocation } from '../../../src/registry/transfer/upload-location.ts';
import { formatRepository } from '../../../src/reference/index.ts';
import { PLAIN_OPTIONS } from '../../support/registry-session.ts';

describe('token servers', () => {
  it.each([
    ['https://registry-1.docker.io', 'https://auth.docker.io/token', 'https://auth.docker.io/token'],
    ['https://h.io', 'https://h.io/token?x=1#f', 'https://h.io/token?x=1'],
    ['https://h.io', '/token', 'https://h.io/token'],
    ['http://127.0.0.1:5000', 'http://127.0.0.1:5001/token', 'http://127.0.0.1:5001/token'],
    ['http://h.io:5000', 'https://h.io/token', 'https://h.io/token'],
  ])('of %s may be %s', (base, realm, url) => {
    expect(tokenServer(realm, base).href).toBe(url);
  });

  it.each([
    ['https://h.io', 'http://h.io/token'],
    ['https://h.io', 'http://auth.h.io/token'],
    ['http://h.io', 'http://auth.h.io/token'],
    ['http://h.io', 'https://evil.example/token'],
    ['http://127.0.0.1:5000', 'http://127.0.0.2:5000/token'],
    ['https://h.io', 'https://u:p@h.io/token'],
    ['https://h.io', 'ftp://h.io/token'],
    ['https://h.io', 'file:///etc/passwd'],
    ['https://h.io', 'javascript:alert(1)'],
    ['https://h.io', 'https://'],
    ['https://h.io', ''],
    ['https://h.io', undefined],
  ])('of %s may not be %s', (base, realm) => {
    expect(() => tokenServer(realm, base)).toThrowError(expect.objectContaining({ code: 'REGISTRY_AUTH' }));
  });
});

describe('places of uploads', () => {
  const attempt = {
    connection: { registry: 'h.io', conceal: (text: string) => text } as Connection,
    repository: 'a',
    access: 'push',
    what: 'x',
  } as const;
  const go = (location: string, base = 'https://h.io') =>
    uploadLocation(
      { url: `${base}/v2/a/blobs/uploads/`, header: () => location } as unknown as HttpResponse,
      base,
      attempt,
    ).href;

  it.each([
    ['/v2/a/blobs/uploads/1', 'https://h.io/v2/a/blobs/uploads/1'],
    ['1?s=%2B', 'https://h.io/v2/a/blobs/uploads/1?s=%2B'],
    ['https://h.io/x', 'https://h.io/x'],
    ['https://h.io:443/x', 'https://h.io/x'],
    ['http://h.io/x', 'https://h.io/x'],
    ['https://u:p@h.io/x#f', 'https://h.io/x'],
    ['https://storage.example/x?sig=1', 'https://storage.example/x?sig=1'],
    ['//storage.example/x', 'https://storage.example/x'],
  ])('%s', (location, url) => expect(go(location)).toBe(url));

  it.each(['', 'http://storage.example/x', 'ftp://h.io/x', 'http://['])('not %j', (location) => {
    expect(() => go(location)).toThrowError(expect.objectContaining({ code: 'REGISTRY' }));
  });
});

describe('endpoints', () => {
  it.each([
    ['docker.io', {}, ['https://registry-1.docker.io']],
    ['ghcr.io', {}, ['https://ghcr.io']],
    ['localhost:5000', {}, ['https://localhost:5000', 'http://localhost:5000']],
    ['127.1.2.3', {}, ['https://127.1.2.3', 'http://127.1.2.3']],
    ['[::1]:5000', {}, ['https://[::1]:5000', 'http://[::1]:5000']],
    ['127.0.0.1.evil.example', {}, ['https://127.0.0.1.evil.example']],
    ['localhost.evil.example', {}, ['https://localhost.evil.example']],
    ['h.io', { insecureRegistries: ['h.io'] }, ['https://h.io', 'http://h.io']],
    ['h.io:5000', { insecureRegistries: ['h.io'] }, ['https://h.io:5000']],
    ['h.io', { insecurePull: true }, ['https://h.io', 'http://h.io']],
    ['h.io', { insecurePush: true }, ['https://h.io']],
  ])('%s with %j', (registry, options, bases) => {
    expect(endpointOf(registry, 'pull', { ...PLAIN_OPTIONS, ...options }).bases).toEqual(bases);
  });

  it.each([
    [{}, true, true],
    [{ skipTlsVerify: true }, true, false],
    [{ skipTlsVerifyPull: true }, false, true],
    [{ skipTlsVerifyRegistries: ['h.io'] }, false, false],
    [{ skipTlsVerifyRegistries: ['other.io'] }, true, true],
  ])('verify TLS with %j: pull %s, push %s', (options, pull, push) => {
    const all = { ...PLAIN_OPTIONS, ...options };
    expect(endpointOf('h.io', 'pull', all).verifyTls).toBe(pull);
    expect(endpointOf('h.io', 'push', all).verifyTls).toBe(push);
  });
});

describe('mirrors and maps', () => {
  const places = (name: string, options: object) =>
    pullCandidates(parseReference(name), { ...PLAIN_OPTIONS, ...options }).map(formatRepository);

  it.each([
    ['nginx', {}, ['docker.io/library/nginx']],
    [
      'nginx',
      { mirrors: ['m.io', 'n.io:5000/path/'] },
      ['m.io/library/nginx', 'n.io:5000/path/library/nginx', 'docker.io/library/nginx'],
    ],
    ['nginx', { mirrors: ['https://m.io'] }, ['m.io/library/nginx', 'docker.io/library/nginx']],
    ['ghcr.io/a/b', { mirrors: ['m.io'] }, ['ghcr.io/a/b']],
    [
      'ghcr.io/a/b',
      { registryMap: { 'ghcr.io': ['m.io', 'n.io/x'] } },
      ['m.io/a/b', 'n.io/x/a/b', 'ghcr.io/a/b'],
    ],
    [
      'nginx',
      { registryMap: { 'index.docker.io': ['m.io'] }, mirrors: ['n.io'] },
      ['m.io/library/nginx', 'n.io/library/nginx', 'docker.io/library/nginx'],
    ],
    ['nginx', { mirrors: ['docker.io'] }, ['docker.io/library/nginx']],
    ['nginx', { mirrors: ['localhost'] }, ['localhost/library/nginx', 'docker.io/library/nginx']],
  ])('%s with %j', (name, options, expected) => expect(places(name, options)).toEqual(expected));

  it('keep tag and digest', () => {
    expect(
      pullCandidates(parseReference('nginx:1'), { ...PLAIN_OPTIONS, mirrors: ['m.io'] })[0],
    ).toMatchObject({ tag: '1' });
  });

  it.each(['http://m.io', 'm.io/UPPER', 'm.io/../x', '', '-'])('%j is no mirror', (mirror) => {
    expect(() => places('nginx', { mirrors: [mirror] })).toThrowError(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });
});

describe('the words of others', () => {
  it.each([
    ['{"errors":[{"code":"DENIED","message":"no access"}]}', 'no access (DENIED)'],
    ['{"errors":[{"code":"A"},{"message":"b"}]}', 'A; b'],
    ['{"error":"invalid_grant","error_description":"old token"}', 'old token'],
    ['{"details":"incorrect username or password"}', 'incorrect username or password'],
    ['<!DOCTYPE html><p>x', ''],
    ['plain\n  text', 'plain text'],
    ['a\x1b[31mred\x1b[0m\x1b]0;title\x07b', 'aredb'],
    ['see https://u:secret@h/x?sig=abc', 'see https://***@h/x?sig=***'],
    ['', ''],
  ])('%j', (body, shown) => expect(foreignText(body)).toBe(shown));

  it('are cut', () => expect(foreignText('x'.repeat(10_000)).length).toBeLessThan(600));
});
