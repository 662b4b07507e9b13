import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DirectoryStore, type BlobSource, type BlobStore } from '../content/index.ts';
import { toBuildError } from '../errors/index.ts';
import type { CacheStore } from './cache-store.ts';
import { copyBlobsOf } from './copy-blobs.ts';
import type { CacheKey } from './key.ts';
import { localKeeper } from './local-keeper.ts';
import { pruneDirectory } from './prune-directory.ts';
import type { CacheRecord, StepRecord } from './record.ts';
import { RecordFiles } from './record-files.ts';
import type { RecordSeal } from './seal.ts';

/** More than a machine's builds of a week; a directory that is too large is cut down after each save. */
const DEFAULT_MAX_BYTES = 10 * 1024 * 1024 * 1024;

export interface LocalCacheOptions {
  /** What blobs and records may take together. */
  readonly maxBytes?: number | undefined;
}

/**
 * A directory of this machine: an OCI layout whose blobs lie beside a file for each record. Any number of processes may
 * use it: files appear whole or not at all, and never change. What was not used for longest goes first where there is too
 * much.
 */
export function localCache(
  directory: string,
  seal: RecordSeal,
  { maxBytes = DEFAULT_MAX_BYTES }: LocalCacheOptions = {},
): CacheStore {
  const stats = { requests: 0, bytesRead: 0, bytesWritten: 0 };
  const records = new RecordFiles(directory, seal);
  let opened: BlobStore | undefined;
  const blobs = (): BlobStore => (opened ??= openLayoutDirectory(directory));
  const save = async (record: CacheRecord, from: BlobSource, signal: AbortSignal): Promise<number> => {
    const bytes = await copyBlobsOf(record, from, blobs(), signal);
    records.put(record);
    return bytes;
  };
  return {
    name: `local cache ${directory}`,
    lookup: (keys): Promise<ReadonlyMap<CacheKey, CacheRecord>> => {
      stats.requests++;
      return Promise.resolve(records.pick(keys));
    },
    latest: (step): Promise<StepRecord | undefined> => Promise.resolve(records.latest(step)),
    has: (descriptor) => blobs().has(descriptor),
    open: (descriptor, signal) => {
      stats.bytesRead += descriptor.size;
      records.use(join(directory, 'blobs', 'sha256', descriptor.digest.slice('sha256:'.length)));
      return blobs().open(descriptor, signal);
    },
    save: async (all, from, signal) => {
      const outcome = { saved: 0, bytes: 0, faults: [] as string[] };
      for (const record of all) {
        try {
          outcome.bytes += await save(record, from, signal);
          outcome.saved++;
        } catch (error) {
          signal.throwIfAborted();
          outcome.faults.push(toBuildError(error).message);
        }
      }
      stats.bytesWritten += outcome.bytes;
      pruneDirectory(directory, maxBytes);
      return outcome;
    },
    stats: () => ({ ...stats }),
    keeper: localKeeper(directory, seal),
  };
}

/** The files that make a directory an OCI layout (image-spec image-layout.md), where they are not there yet. */
function openLayoutDirectory(directory: string): BlobStore {
  mkdirSync(directory, { recursive: true });
  const store = new DirectoryStore(directory, { durable: true });
  writeOnce(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeOnce(join(directory, 'index.json'), '{"schemaVersion":2,"manifests":[]}');
  return store;
}

function writeOnce(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
