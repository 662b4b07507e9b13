import { memoryStore } from '../content/index.ts';
import type { CacheStore } from './cache-store.ts';
import { RecordIndex } from './record-index.ts';
import { saveBlobs } from './save-blobs.ts';

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
      const { records: stored, bytes, faults } = await saveBlobs(records, from, blobs, signal);
      for (const record of stored) index.add(record);
      stats.bytesWritten += bytes;
      return { saved: stored.length, bytes, faults };
    },
    stats: () => ({ ...stats }),
  };
}
