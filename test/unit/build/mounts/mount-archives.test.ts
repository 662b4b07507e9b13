import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { MAX_CACHE_BYTES } from '../../../../src/build/instructions/mounts/mount-archives.ts';
import { memoryCache, type CacheStore } from '../../../../src/cache/index.ts';
import { cacheBuild, type CacheBuild } from '../../../support/mount-archives.ts';

const builds: CacheBuild[] = [];
const start = (cache: CacheStore, platform?: string): CacheBuild => {
  const build = cacheBuild(cache, platform);
  builds.push(build);
  return build;
};
afterEach(() => builds.splice(0).forEach((build) => build.close()));

/** A first build that leaves what `fill` makes in its cache. */
async function first(cache: CacheStore, fill: (directory: string) => void): Promise<string[]> {
  const build = start(cache);
  expect(await build.restore()).toBe(false);
  mkdirSync(build.directory);
  fill(build.directory);
  return build.end();
}

it('a cache directory comes back with names, contents, modes, links and times', async () => {
  const cache = memoryCache();
  await first(cache, (directory) => {
    mkdirSync(`${directory}/d`, { mode: 0o2750 });
    chmodSync(`${directory}/d`, 0o2750);
    writeFileSync(`${directory}/d/.wh.file`, 'no whiteout');
    linkSync(`${directory}/d/.wh.file`, `${directory}/hard`);
    symlinkSync('/etc/passwd', `${directory}/link`);
    lutimesSync(`${directory}/link`, 1, 1.5);
    utimesSync(`${directory}/d`, 1, 1234567.891);
    chmodSync(directory, 0o1777);
  });
  const next = start(cache);
  expect(await next.restore()).toBe(true);
  const at = (name: string) => lstatSync(`${next.directory}/${name}`);
  expect(readFileSync(`${next.directory}/d/.wh.file`, 'utf8')).toBe('no whiteout');
  expect(at('hard').ino).toBe(at('d/.wh.file').ino);
  expect(readlinkSync(`${next.directory}/link`)).toBe('/etc/passwd');
  expect([
    at('d').mode & 0o7777,
    Math.floor(at('d').mtimeMs),
    Math.floor(at('link').mtimeMs),
    at('.').mode & 0o7777,
  ]).toEqual([0o2750, 1234567891, 1500, 0o1777]);
});

it('what did not change is not kept again', async () => {
  const cache = memoryCache();
  expect(await first(cache, (directory) => writeFileSync(`${directory}/f`, 'x'))).toEqual(['go']);
  const second = start(cache);
  await second.restore();
  expect(await second.end()).toEqual([]);
  const third = start(cache);
  await third.restore();
  writeFileSync(`${third.directory}/g`, 'y');
  expect(await third.end()).toEqual(['go']);
});

it('the same files give the same archive', async () => {
  const archived = async (): Promise<string | undefined> => {
    const build = start(memoryCache());
    mkdirSync(build.directory);
    for (const name of ['b', 'a', 'c']) writeFileSync(`${build.directory}/${name}`, name);
    for (const name of ['a', 'b', 'c', '.']) utimesSync(`${build.directory}/${name}`, 1, 1);
    await build.end();
    const [record] = build.kept;
    return record?.kind === 'mount' ? record.archive.digest : undefined;
  };
  const once = await archived();
  expect(once).toMatch(/^sha256:/);
  expect(await archived()).toBe(once);
});

it('an empty cache is not kept, and another platform has another one', async () => {
  const cache = memoryCache();
  expect(await first(cache, () => undefined)).toEqual([]);
  await first(cache, (directory) => writeFileSync(`${directory}/f`, 'x'));
  expect(await start(cache, 'linux/arm64').restore()).toBe(false);
  expect(await start(cache).restore()).toBe(true);
});

it('too much is not kept, and said', async () => {
  const build = start(memoryCache());
  mkdirSync(build.directory);
  writeFileSync(`${build.directory}/large`, '');
  truncateSync(`${build.directory}/large`, MAX_CACHE_BYTES + 1);
  expect(await build.end()).toEqual([]);
  expect(build.warnings).toEqual([
    expect.stringMatching(/cache directory "go" is not kept: .* are too much/),
  ]);
});

it.each([
  ['is damaged', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([1])])],
  ['is gone', () => undefined],
])('an archive that %s: the cache begins empty, and that is said', async (_, change) => {
  const cache = memoryCache();
  await first(cache, (directory) => writeFileSync(`${directory}/f`, 'x'));
  const broken: CacheStore = {
    ...cache,
    open: async function* (descriptor) {
      const parts: Uint8Array[] = [];
      for await (const chunk of cache.open(descriptor)) parts.push(chunk);
      const changed = change(Buffer.concat(parts));
      if (changed === undefined) throw new Error('not there');
      yield changed;
    },
  };
  const next = start(broken);
  expect(await next.restore()).toBe(false);
  expect(existsSync(next.directory)).toBe(false);
  expect(next.warnings).toEqual([expect.stringContaining('the cache directory "go" begins empty')]);
});
