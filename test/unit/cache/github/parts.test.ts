import { describe, expect, it } from 'vitest';
import { inBlocks } from '../../../../src/cache/github/blocks.ts';
import { parseCacheMode } from '../../../../src/cache/github/cache-mode.ts';
import { checkKey } from '../../../../src/cache/github/entry-key.ts';
import { packsOf, PACK_BYTES, SMALL_BYTES } from '../../../../src/cache/github/packs.ts';
import { ServiceHealth } from '../../../../src/cache/github/service-health.ts';
import { checkSignedUrl, withQuery } from '../../../../src/cache/github/signed-url.ts';
import { tokenScopes } from '../../../../src/cache/github/token-scopes.ts';
import { digestOf, type Descriptor } from '../../../../src/oci/index.ts';
import { runtimeToken } from '../../../support/github-cache/index.ts';

describe('parseCacheMode', () => {
  it.each([
    ['none', false, false],
    ['read', true, false],
    [' Write ', true, true],
    ['write-only', false, true],
    ['', true, true],
    ['something new', true, true],
    [undefined, true, true],
  ])('%s', (mode, reads, writes) => {
    expect(parseCacheMode(mode)).toEqual({ reads, writes });
  });
});

describe('tokenScopes', () => {
  it('lists what a token opens, its own ref first', () => {
    const token = runtimeToken({ own: 'refs/pull/1/merge', read: ['refs/heads/main'] });
    expect(tokenScopes(token)).toEqual([
      { scope: 'refs/pull/1/merge', writes: true },
      { scope: 'refs/heads/main', writes: false },
    ]);
  });
  it.each(['', 'secret', 'a.b.c', `a.${Buffer.from('{"ac":"[{}]"}').toString('base64url')}.c`])(
    'is empty for %s',
    (token) => {
      expect(tokenScopes(token)).toEqual([]);
    },
  );
});

describe('checkKey', () => {
  it('takes 512 characters, no more, no comma and no space', () => {
    expect(checkKey('k'.repeat(512))).toHaveLength(512);
    for (const key of ['', 'k'.repeat(513), 'a,b', 'a b', 'a\n', 'ä']) expect(() => checkKey(key)).toThrow();
  });
});

describe('packsOf', () => {
  const blob = (name: string, size: number): Descriptor => ({ mediaType: 'x', digest: digestOf(name), size });
  it('gives large blobs an entry each, and packs small ones', () => {
    const blobs = [blob('a', SMALL_BYTES), blob('b', SMALL_BYTES - 1), blob('c', 0), blob('d', 5)];
    const { large, packs } = packsOf(blobs);
    expect(large).toEqual([blobs[0]]);
    expect(packs.map((pack) => pack.length)).toEqual([3]);
    expect(packsOf(blobs.toReversed()).packs).toEqual(packs);
  });
  it('starts another pack where one is full', () => {
    const many = Array.from({ length: 40 }, (_, i) => blob(String(i), SMALL_BYTES - 1));
    const { packs } = packsOf(many);
    expect(packs.flat()).toHaveLength(40);
    for (const pack of packs)
      expect(pack.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(PACK_BYTES);
    expect(packsOf([])).toEqual({ large: [], packs: [] });
  });
});

describe('inBlocks', () => {
  const cut = async (lengths: readonly number[], size: number): Promise<string[]> => {
    let next = 0;
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (const length of lengths)
        yield await Promise.resolve(Buffer.from(Array.from({ length }, () => 97 + (next++ % 26))));
    }
    const blocks: string[] = [];
    for await (const block of inBlocks(chunks(), size)) blocks.push(Buffer.from(block).toString());
    return blocks;
  };
  it.each([
    [[10], 4, ['abcd', 'efgh', 'ij']],
    [[1, 1, 1, 1], 4, ['abcd']],
    [[3, 6], 4, ['abcd', 'efgh', 'i']],
    [[0, 2, 0], 4, ['ab']],
    [[], 4, []],
  ])('%j by %i', async (lengths, size, blocks) => {
    expect(await cut(lengths, size)).toEqual(blocks);
  });
});

describe('checkSignedUrl', () => {
  it('keeps a signed query byte for byte', () => {
    const url = checkSignedUrl('https://blob.example/c/1?sig=a%2Bb%3D&se=x', 'https://results.example/');
    expect(withQuery(url, 'comp=block')).toBe('https://blob.example/c/1?sig=a%2Bb%3D&se=x&comp=block');
    expect(withQuery(new URL('https://blob.example/c'), 'x=1')).toBe('https://blob.example/c?x=1');
  });
  it.each(['http://blob.example/c', 'file:///x', 'https://u@blob.example/', ''])('refuses %s', (address) => {
    expect(() => checkSignedUrl(address, 'https://results.example/')).toThrow(/not to be used/);
  });
  it('allows plain HTTP where the service has no TLS either', () => {
    expect(checkSignedUrl('http://127.0.0.1/c', 'http://127.0.0.1/').pathname).toBe('/c');
  });
});

describe('ServiceHealth', () => {
  it('gives up after 20 seconds lost, and not for time well spent', async () => {
    let now = 0;
    const health = new ServiceHealth(() => now);
    const spend = (ms: number, fails: boolean) =>
      health.during(() => {
        now += ms;
        return fails ? Promise.reject(new Error('no')) : Promise.resolve();
      });
    await spend(60_000, false);
    await expect(spend(19_999, true)).rejects.toThrow('no');
    await spend(1, false);
    await expect(spend(1, true)).rejects.toThrow('no');
    await expect(spend(0, false)).rejects.toThrow(/not used any more: it cost 20 s/);
  });
});
