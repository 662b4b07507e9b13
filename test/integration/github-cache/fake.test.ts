import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runtimeToken, startGithubCache, type GithubCache } from '../../support/github-cache/index.ts';

const MAIN = runtimeToken({ own: 'refs/heads/main' });
const FEATURE = runtimeToken({ own: 'refs/heads/feature', read: ['refs/heads/main'] });
const OTHER = runtimeToken({ own: 'refs/heads/other', read: ['refs/heads/main'] });

let cache: GithubCache;
beforeEach(async () => {
  cache = await startGithubCache({ entriesAMinute: 10 });
});
afterEach(() => cache.close());

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

async function call(method: string, token: string, body: object): Promise<Answer> {
  const response = await fetch(`${cache.url}twirp/github.actions.results.api.v1.CacheService/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

async function put(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'PUT', body, headers });
}

async function write(token: string, key: string, text: string): Promise<void> {
  const created = await call('CreateCacheEntry', token, { key, version: 'v' });
  await put(String(created.body['signed_upload_url']), text, { 'x-ms-blob-type': 'BlockBlob' });
  await call('FinalizeCacheEntryUpload', token, { key, version: 'v', size_bytes: String(text.length) });
}

const find = (token: string, key: string, restoreKeys: string[] = []) =>
  call('GetCacheEntryDownloadURL', token, { key, restore_keys: restoreKeys, version: 'v' });

async function read(token: string, key: string, restoreKeys: string[] = []): Promise<string | undefined> {
  const { body } = await find(token, key, restoreKeys);
  return body['ok'] === true ? (await fetch(String(body['signed_download_url']))).text() : undefined;
}

describe('entries', () => {
  it('are found once they are finished, never change, and have keys of their own in each ref', async () => {
    await write(MAIN, 'k', 'main');
    expect(await read(MAIN, 'k')).toBe('main');
    expect((await call('CreateCacheEntry', MAIN, { key: 'k', version: 'v' })).status).toBe(409);
    expect((await call('CreateCacheEntry', FEATURE, { key: 'k', version: 'v' })).status).toBe(200);
    expect(await read(FEATURE, 'k')).toBe('main');
    expect((await call('CreateCacheEntry', FEATURE, { key: 'k', version: 'v' })).status).toBe(409);
  });

  it('of a ref are seen by itself and by those it is a base of', async () => {
    await write(FEATURE, 'k', 'feature');
    expect(await read(MAIN, 'k')).toBeUndefined();
    expect(await read(OTHER, 'k')).toBeUndefined();
    expect(await read(FEATURE, 'k')).toBe('feature');
  });

  it('are found by a prefix: the newest, and those of the own ref first', async () => {
    await write(MAIN, 'k-1', 'one');
    await write(MAIN, 'k-2', 'two');
    expect(await read(FEATURE, 'k', ['k-'])).toBe('two');
    await write(FEATURE, 'k-0', 'own');
    expect(await read(FEATURE, 'k', ['k-'])).toBe('own');
    expect(await read(FEATURE, 'x', ['y'])).toBeUndefined();
  });

  it('are refused to tokens that may only read, to strangers, and beyond the limit', async () => {
    const reader = runtimeToken({ read: ['refs/heads/main'] });
    const denied = await call('CreateCacheEntry', reader, { key: 'k', version: 'v' });
    expect(denied.body).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^cache write denied:/) as string,
    });
    expect((await call('CreateCacheEntry', 'x', { key: 'k', version: 'v' })).status).toBe(401);
    expect((await find(runtimeToken({}), 'k')).status).toBe(403);
    for (let i = 0; i < 10; i++) await call('CreateCacheEntry', MAIN, { key: `k${i}`, version: 'v' });
    const limited = await call('CreateCacheEntry', MAIN, { key: 'more', version: 'v' });
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '42']);
    cache.pass(61_000);
    expect((await call('CreateCacheEntry', MAIN, { key: 'more', version: 'v' })).status).toBe(200);
  });

  it('have keys of at most 512 characters', async () => {
    const create = (length: number) =>
      call('CreateCacheEntry', MAIN, { key: 'k'.repeat(length), version: 'v' });
    expect([(await create(512)).status, (await create(513)).status]).toEqual([200, 400]);
  });
});

describe('the blob storage', () => {
  const reserve = async (key: string) =>
    String((await call('CreateCacheEntry', MAIN, { key, version: 'v' })).body['signed_upload_url']);
  const id = (text: string) => encodeURIComponent(Buffer.from(text).toString('base64'));

  it('puts blocks together in the order of the list', async () => {
    const url = await reserve('k');
    await put(`${url}&comp=block&blockid=${id('b')}`, 'world');
    await put(`${url}&comp=block&blockid=${id('a')}`, 'hello ');
    const list = ['a', 'b']
      .map((name) => `<Latest>${Buffer.from(name).toString('base64')}</Latest>`)
      .join('');
    expect((await put(`${url}&comp=blocklist`, `<BlockList>${list}</BlockList>`)).status).toBe(201);
    await call('FinalizeCacheEntryUpload', MAIN, { key: 'k', version: 'v', size_bytes: '11' });
    expect(await read(MAIN, 'k')).toBe('hello world');
  });

  it('refuses unknown blocks, ids of different lengths, and blobs without a type', async () => {
    const url = await reserve('k');
    await put(`${url}&comp=block&blockid=${id('a')}`, 'x');
    expect((await put(`${url}&comp=block&blockid=${id('long id')}`, 'x')).status).toBe(400);
    expect((await put(`${url}&comp=blocklist`, '<BlockList><Latest>eA==</Latest></BlockList>')).status).toBe(
      400,
    );
    expect((await put(url, 'x')).status).toBe(400);
  });

  it('refuses addresses that expired, were changed, or are for something else, and requests with a token', async () => {
    const url = await reserve('k');
    const typed = { 'x-ms-blob-type': 'BlockBlob' };
    expect((await put(url.replace('/cache/1', '/cache/2'), 'x', typed)).status).toBe(403);
    expect((await fetch(url)).status).toBe(403);
    expect((await put(url, 'x', { ...typed, authorization: `Bearer ${MAIN}` })).status).toBe(403);
    cache.pass(601_000);
    expect((await put(url, 'x', typed)).status).toBe(403);
  });

  it('sends ranges', async () => {
    await write(MAIN, 'k', '0123456789');
    const url = String((await find(MAIN, 'k')).body['signed_download_url']);
    const part = await fetch(url, { headers: { range: 'bytes=2-4' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 2-4/10',
      '234',
    ]);
    expect((await fetch(url, { headers: { range: 'bytes=10-' } })).status).toBe(416);
  });
});
