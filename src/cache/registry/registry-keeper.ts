import { BuildError } from '../../errors/index.ts';
import type { CacheKeeper } from '../contents.ts';
import { keepForeign, keptRecords } from '../index-contents.ts';
import type { RecordSeal } from '../seal.ts';
import type { CacheReader, CacheWriter } from './cache-repository.ts';
import { readIndex, writeIndex } from './registry-index.ts';

/** How often a change is tried again because builds write at the same time. */
const MOST_ROUNDS = 16;

interface KeptRepository {
  readonly reader: CacheReader;
  readonly writer: CacheWriter;
  readonly seal: RecordSeal;
}

/**
 * A repository's cache as people see it. Only the index is written: what it does not name any more is cleared away by the
 * registry's own garbage collection.
 */
export function registryKeeper({ reader, writer, seal }: KeptRepository, tag: string): CacheKeeper {
  return {
    removesBlobs: false,
    contents: async (signal) => {
      const { records, fault } = await readIndex(reader, tag, seal, signal);
      return keptRecords(records, fault === undefined ? [] : [fault]);
    },
    open: (blob, signal) => reader.open({ ...blob, mediaType: '' }, signal),
    drop: async ({ keys }, signal) => {
      for (let round = 0; round < MOST_ROUNDS; round++) {
        const index = await readIndex(writer, tag, seal, signal);
        keepForeign(index.records);
        for (const key of keys) index.records.remove(key);
        if (await writeIndex(index, writer, tag, seal, signal)) return;
      }
      throw new BuildError('REGISTRY', 'too many builds write to it at the same time');
    },
  };
}
