import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MountArchives } from '../../src/build/instructions/mounts/mount-archives.ts';
import { fromText, type BytePath } from '../../src/bytes/index.ts';
import { memoryCache, type CacheRecord, type CacheStore } from '../../src/cache/index.ts';
import { copyBlob, DirectoryStore } from '../../src/content/index.ts';
import { silentReporter } from '../../src/report/index.ts';

export const CACHE = { key: 'ab'.repeat(32), id: 'go' };

/** One build on a machine of its own, with a directory of RUN --mount=type=cache. */
export interface CacheBuild {
  readonly directory: string;
  readonly path: BytePath;
  readonly warnings: readonly string[];
  readonly archives: MountArchives;
  readonly store: DirectoryStore;
  readonly kept: readonly CacheRecord[];
  /** True where the directory was filled. */
  restore(): Promise<boolean>;
  /** Ends the build: archives what changed, and saves it. Returns the names of what was saved. */
  end(): Promise<string[]>;
  close(): void;
}

export function cacheBuild(cache: CacheStore = memoryCache(), platform = 'linux/amd64'): CacheBuild {
  const machine = mkdtempSync(join(tmpdir(), 'mount-archives-'));
  const directory = join(machine, CACHE.key);
  const store = new DirectoryStore(machine);
  const warnings: string[] = [];
  const kept: CacheRecord[] = [];
  const { signal } = new AbortController();
  const archives = new MountArchives(
    {
      store,
      reporter: { ...silentReporter(), warn: (message) => void warnings.push(message) },
      signal,
      now: () => Date.now(),
      cache: {
        keeps: true,
        keep: (record) => void kept.push(record),
        outdated: () => undefined,
        lookup: (keys) => cache.lookup(keys, signal),
        fetch: async (blob) => void (await copyBlob(cache, store, blob)),
      },
    },
    { ownership: process.geteuid?.() === 0 ? 'real' : 'skip', platform },
  );
  const path = fromText(directory);
  return {
    directory,
    path,
    warnings,
    archives,
    store,
    kept,
    restore: () => archives.restore(CACHE, path, () => mkdirSync(directory)),
    end: async () => {
      archives.used(CACHE, path);
      await archives.keep();
      await cache.save(kept, store, signal);
      return kept.map((record) => (record.kind === 'mount' ? record.name : record.kind));
    },
    close: () => rmSync(machine, { recursive: true, force: true }),
  };
}
