import { describe, expect, it } from 'vitest';
import { allows, readScope } from '../../../src/registry/auth/scope.ts';
import { createTokenCache } from '../../../src/registry/auth/token-cache.ts';
import { parseToken } from '../../../src/registry/auth/token-response.ts';

const NOON = Date.parse('2026-01-01T12:00:00Z');
const at = (seconds: number): string => new Date(NOON + seconds * 1000).toISOString();

describe('parseToken', () => {
  it.each([
    ['{"token":"a"}', 'a', 55],
    ['{"access_token":"b","expires_in":3600}', 'b', 3595],
    ['{"token":"a","access_token":"b","expires_in":1}', 'a', 55],
    ['{"token":"a","issued_at":"0001-01-01T00:00:00Z","expires_in":null}', 'a', 55],
    ['{"token":"a","issued_at":"soon","expires_in":300}', 'a', 295],
    ['{"token":"","access_token":"b"}', 'b', 55],
  ])('%s', (json, value, seconds) => {
    expect(parseToken(json, { now: NOON })).toEqual({ value, expiresAt: NOON + seconds * 1000 });
  });

  it.each([
    ['made before, by our clock', -100, undefined, 195],
    ['made before, by the server’s clock', -100, 0, 195],
    ['by a server an hour ahead', 3600, 3600, 295],
    ['made before by a server an hour ahead', 3500, 3600, 195],
    ['by a server an hour behind', -3600, -3600, 295],
    ['made before by a server an hour behind', -3700, -3600, 195],
    ['by a server an hour ahead that sends no time', 3600, undefined, 295],
    ['by a server an hour behind that sends no time', -3600, undefined, 295],
    ['that had run out when it was given', -400, 0, 295],
  ])('counts the lifetime of a token %s', (_, issued, server, seconds) => {
    const json = JSON.stringify({ token: 'a', expires_in: 300, issued_at: at(issued) });
    const serverNow = server === undefined ? NaN : NOON + server * 1000;
    expect(parseToken(json, { now: NOON, serverNow })?.expiresAt).toBe(NOON + seconds * 1000);
  });

  it('keeps a refresh token that may be sent', () => {
    expect(parseToken('{"access_token":"a","refresh_token":"r"}', { now: 0 })?.refreshToken).toBe('r');
    expect(
      parseToken('{"access_token":"a","refresh_token":"r\\n"}', { now: 0 })?.refreshToken,
    ).toBeUndefined();
  });

  it.each([
    '',
    '{}',
    '[]',
    'null',
    '"t"',
    '<html>no</html>',
    '{"token":5}',
    '{"token":"a\\r\\nx: y"}',
    '{"token":"a b"}',
    '{"token":""}',
    `{"token":"${'a'.repeat(70_000)}"}`,
  ])('%# holds none', (json) => expect(parseToken(json, { now: 0 })).toBeUndefined());
});

describe('the token cache', () => {
  const token = (value: string, expiresAt = 1000) => ({ value, expiresAt });

  it('fetches once for all who wait, and again for all once it failed or ran out', async () => {
    let now = 0;
    let calls = 0;
    const cache = createTokenCache({ now: () => now });
    const fetch = () => Promise.resolve(token(`t${(calls += 1)}`, now + 10));
    const many = () => Promise.all([1, 2, 3].map(async () => (await cache.get(['s'], fetch)).value));
    expect(await many()).toEqual(['t1', 't1', 't1']);
    now = 10;
    expect(await many()).toEqual(['t2', 't2', 't2']);
    await expect(cache.get(['x'], () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect((await cache.get(['x'], fetch)).value).toBe('t3');
  });

  it('forgets the token that was refused, not the one that has come since', async () => {
    const cache = createTokenCache({ now: () => 0 });
    await cache.get(['s'], () => Promise.resolve(token('old')));
    cache.drop(['s'], 'Bearer old');
    const fresh = cache.get(['s'], () => Promise.resolve(token('new')));
    await fresh;
    cache.drop(['s'], 'Bearer old');
    expect((await cache.get(['s'], () => Promise.resolve(token('third')))).value).toBe('new');
  });
});

describe('readScope', () => {
  it.each(['repository:a/b:pull', 'repository:a:pull,push repository:b:pull', 'registry:catalog:*'])(
    '%s',
    (text) => expect(readScope(text)).toBe(text),
  );
  it.each(['', ' ', 'a\nb', 'a"b', 'ä', 'a  b', 'a'.repeat(5000)])('not %j', (text) =>
    expect(readScope(text)).toBeUndefined(),
  );
});

describe('allows', () => {
  it.each([
    [['repository:a:pull,push'], 'repository:a:pull', true],
    [['repository:a:pull'], 'repository:a:pull,push', false],
    [['repository:a:pull', 'repository:a:push'], 'repository:a:push,pull', true],
    [['repository:a:pull repository:b:pull'], 'repository:b:pull', true],
    [['repository:a:pull'], 'repository:a:pull repository:b:pull', false],
    [['repository:h.io:5000/a:pull'], 'repository:h.io:5000/a:pull', true],
    [['', 'repository:a:pull'], 'registry:catalog:*', false],
  ])('%j %s: %s', (scopes, wanted, answer) => expect(allows(scopes, wanted)).toBe(answer));
});
