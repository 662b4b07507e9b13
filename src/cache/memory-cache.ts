import { memoryStore } from '../content/index.ts';
import { toBuildError } from '../errors/index.ts';
import type { CacheStore } from './cache-store.ts';
import { copyBlobsOf } from './copy-blobs.ts';
import { RecordIndex } from './record-index.ts';

/** A cache that lives as long as the process. */
export function memoryCache(name = 'memory'): CacheStore {
  const blobs = memoryStore();
  const index = new RecordIndex();
  const stats = { requests: 0, bytesRead: 0, bytesWritten: 0 };
  return {
    name,
    lookup: (keys) => {
      stats.requests++;
      return Promise.resolve(index.pick(keys));
    },
    latest: (step) => Promise.resolve(index.latest(step)),
    has: (descriptor) => blobs.has(descriptor),
    open: (descriptor, signal) => {
      stats.bytesRead += descriptor.size;
      return blobs.open(descriptor, signal);
    },
    save: async (records, from, signal) => {
      const outcome = { saved: 0, bytes: 0, faults: [] as string[] };
      for (const record of records) {
        try {
          outcome.bytes += await copyBlobsOf(record, from, blobs, signal);
          index.add(record);
          outcome.saved++;
        } catch (error) {
          signal.throwIfAborted();
          outcome.faults.push(toBuildError(error).message);
        }
      }
      stats.bytesWritten += outcome.bytes;
      return outcome;
    },
    stats: () => ({ ...stats }),
  };
}
