import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyOf, keyPart, memoryCache, type CacheRecord } from '../../src/cache/index.ts';
import { memoryStore } from '../../src/content/index.ts';
import { digestOf } from '../../src/oci/index.ts';
import { CACHE, cacheBuild, type CacheBuild } from '../support/mount-archives.ts';
import { charDevice, dir, file, hardlink, rawTar, symlink, type RawEntry } from '../support/hostile-tar.ts';

let build: CacheBuild;
let outside: string;
const cache = memoryCache();
beforeEach(() => {
  build = cacheBuild(cache);
  outside = join(build.directory, '..', 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'victim'), 'untouched');
});
afterEach(() => build.close());

/** Puts an archive into the cache in place of the directory's. */
async function poison(entries: readonly RawEntry[]): Promise<void> {
  const bytes = gzipSync(rawTar(entries));
  const archive = {
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    digest: digestOf(bytes),
    size: bytes.length,
  };
  const store = memoryStore();
  await store.put(archive, chunks(bytes));
  const parts = [keyPart('cache directory', 1, CACHE.key), keyPart('platform', 'linux/amd64')];
  const record: CacheRecord = {
    kind: 'mount',
    key: keyOf(parts),
    parts,
    created: Date.now(),
    name: 'x',
    archive,
  };
  await cache.save([record], store, new AbortController().signal);
}

async function* chunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

describe('an archive of a cache directory', () => {
  const attacks: Readonly<Record<string, (t: string) => RawEntry[]>> = {
    'a name with parents': () => [file('../outside/victim', 'evil'), file('../outside/new', 'evil')],
    'an absolute name': (t) => [file(`${t}/victim`, 'evil')],
    'a link and a file below it': (t) => [symlink('l', t), file('l/victim', 'evil'), file('l/new', 'evil')],
    'a hard link to a file outside, written to': (t) => [hardlink('h', `${t}/victim`), file('h', 'evil')],
    'a hard link through a link': (t) => [symlink('l', t), hardlink('h', 'l/victim'), file('h', 'evil')],
    'a directory that turns into a link': (t) => [dir('d'), symlink('d', t), file('d/victim', 'evil')],
  };
  it.each(Object.entries(attacks))('writes nothing outside: %s', async (_, entries) => {
    await poison(entries(outside));
    await build.restore();
    expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('untouched');
    expect(readdirSync(outside)).toEqual(['victim']);
  });

  it('makes no devices', async () => {
    await poison([charDevice('null', 1, 3), file('f', 'x')]);
    expect(await build.restore()).toBe(true);
    expect(readdirSync(build.directory)).toEqual(['f']);
  });

  it('out of bounds leaves nothing behind, and the cache begins empty', async () => {
    await poison([file('f', 'x'), file('bomb', '', { claimedSize: 2 ** 40 })]);
    expect(await build.restore()).toBe(false);
    expect(existsSync(build.directory)).toBe(false);
    expect(build.warnings).toEqual([expect.stringContaining('begins empty')]);
  });
});
