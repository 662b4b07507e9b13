import { createHash, randomUUID } from 'node:crypto';
import { relative } from 'node:path';
import type { CacheStore } from '../cache-store.ts';

/** Keeps whole directories under keys: what @actions/cache does. Says itself what goes wrong. */
export interface ArchiveService {
  /** Puts back what was saved under the key, or else latest under a key that begins with a prefix. False where there is none. */
  restore(directory: string, key: string, prefixes: readonly string[]): Promise<boolean>;
  /** False where nothing was saved. */
  save(directory: string, key: string): Promise<boolean>;
}

export interface ArchiveCacheOptions {
  readonly archives: ArchiveService;
  /** Absolute, and the same on all machines that share the cache. */
  readonly directory: string;
  /** The directory archives are unpacked from: that of the checkout. */
  readonly workspace: string;
  /** The cache that lies in the directory; opened once the directory is there. */
  readonly open: () => CacheStore;
  readonly scope: string;
}

/**
 * A directory's cache that travels as one archive, for services without entries of their own for each layer. All of it is
 * fetched before the first lookup and sent after each save that added something.
 */
export function archiveCache(options: ArchiveCacheOptions): CacheStore {
  const { archives, directory, open, scope } = options;
  const prefix = archivePrefix(options);
  const freshKey = (): string => `${prefix}${randomUUID()}`;
  let restored: Promise<CacheStore> | undefined;
  const inner = (): Promise<CacheStore> =>
    (restored ??= archives.restore(directory, freshKey(), [prefix]).then(open, open));
  let stats = { requests: 0, bytesRead: 0, bytesWritten: 0 };
  return {
    name: `GitHub cache ${scope}, as an archive`,
    lookup: async (keys, signal) => (await inner()).lookup(keys, signal),
    latest: async (step, signal) => (await inner()).latest(step, signal),
    has: async (descriptor, signal) => (await inner()).has(descriptor, signal),
    open: async function* (descriptor, signal) {
      yield* (await inner()).open(descriptor, signal);
    },
    save: async (records, blobs, signal) => {
      const cache = await inner();
      const outcome = await cache.save(records, blobs, signal);
      stats = cache.stats();
      if (outcome.saved === 0 || (await archives.save(directory, freshKey()))) return outcome;
      return { ...outcome, saved: 0, faults: [...outcome.faults, 'the archive was not saved'] };
    },
    stats: () => stats,
  };
}

/** What keys begin with. Archives hold names relative to the workspace: other places are other caches. */
function archivePrefix({ directory, workspace, scope }: ArchiveCacheOptions): string {
  const place = createHash('sha256').update(JSON.stringify([scope, relative(workspace, directory)]));
  return `tsk-archive-1-${place.digest('hex').slice(0, 32)}-`;
}
