import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  archiveCache,
  memoryCache,
  type ArchiveService,
  type CacheStore,
} from '../../../../src/cache/index.ts';
import { stepOf, storeOf } from '../../../support/github-cache/github-stores.ts';

const { signal } = new AbortController();

/** Archives by key, of the directory that `lying` stands for. */
function archiveOf(lying: { cache: CacheStore }) {
  const saved = new Map<string, CacheStore>();
  const keys: string[] = [];
  const archives: ArchiveService = {
    restore: (_, key, [prefix = key]) => {
      keys.push(key);
      const latest = [...saved].findLast(([name]) => name.startsWith(prefix));
      if (latest !== undefined) lying.cache = latest[1];
      return Promise.resolve(latest !== undefined);
    },
    save: (_, key) => {
      saved.set(key, lying.cache);
      return Promise.resolve(true);
    },
  };
  return { archives, saved, keys };
}

function machine(archives: ArchiveService, lying: { cache: CacheStore }, scope = 'app'): CacheStore {
  lying.cache = memoryCache();
  return archiveCache({ archives, directory: '/t/cache', workspace: '/w', open: () => lying.cache, scope });
}

it('travels as one archive: fetched once before the first lookup, sent after a save that added something', async () => {
  const lying = { cache: memoryCache() };
  const { archives, saved, keys } = archiveOf(lying);
  const step = stepOf('run', randomBytes(100));
  const first = machine(archives, lying);
  expect((await first.lookup([step.record.key], signal)).size).toBe(0);
  expect(await first.save([step.record], await storeOf(step), signal)).toMatchObject({
    saved: 1,
    faults: [],
  });
  expect(await first.save([], await storeOf(), signal)).toMatchObject({ saved: 0 });
  const second = machine(archives, lying);
  expect((await second.lookup([step.record.key], signal)).size).toBe(1);
  expect(await second.has(step.record.layer!.descriptor)).toBe(true);
  expect([saved.size, keys.length]).toEqual([1, 2]);
  expect((await machine(archives, lying, 'other').lookup([step.record.key], signal)).size).toBe(0);
});

it('tells where the archive was not saved', async () => {
  const lying = { cache: memoryCache() };
  const archives = { restore: () => Promise.resolve(false), save: () => Promise.resolve(false) };
  const step = stepOf('run', randomBytes(100));
  const outcome = await machine(archives, lying).save([step.record], await storeOf(step), signal);
  expect(outcome).toMatchObject({ saved: 0, faults: ['the archive was not saved'] });
});
