import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { Descriptor, type Digest } from '../../oci/index.ts';
import { keepForeign } from '../index-contents.ts';
import type { CacheKey } from '../key.ts';
import { blobsOf } from '../record.ts';
import { RecordIndex } from '../record-index.ts';
import type { RecordSeal } from '../seal.ts';

/** An index of thousands of steps has a few MiB; larger ones are none of ours. */
export const MAX_INDEX_BYTES = 32 * 1024 * 1024;
const MAX_TEXT_BYTES = 128 * 1024 * 1024;
/** Records of one step that are kept, the latest first; and records in all. */
const MAX_OF_ONE_STEP = 16;
const MAX_RECORDS = 4_000;

/** Where a blob lies: a part of an entry. */
export const BlobPlace = z.object({
  entry: z.string().min(1).max(512),
  offset: z.number().int().nonnegative(),
  size: z.number().int().nonnegative(),
});
export type BlobPlace = z.infer<typeof BlobPlace>;

const Document = z.object({
  records: z.string(),
  blobs: z.array(z.tuple([Descriptor.shape.digest, BlobPlace])),
});

/** What a scope of the cache holds. */
export interface CacheIndex {
  readonly records: RecordIndex;
  readonly blobs: ReadonlyMap<Digest, BlobPlace>;
}

export function emptyIndex(): CacheIndex {
  return { records: new RecordIndex(), blobs: new Map() };
}

/** An index as bytes. */
export function encodeIndex({ records, blobs }: CacheIndex, seal: RecordSeal): Buffer {
  return gzipSync(JSON.stringify({ records: records.format(seal), blobs: [...blobs] }));
}

/** The index in these bytes, without records the seal does not open; empty for bytes that are no index. */
export function decodeIndex(bytes: Uint8Array, seal: RecordSeal): CacheIndex {
  try {
    const text = gunzipSync(bytes, { maxOutputLength: MAX_TEXT_BYTES }).toString('utf8');
    const { records, blobs } = Document.parse(JSON.parse(text));
    return { records: RecordIndex.parse(records, seal), blobs: new Map(blobs) };
  } catch {
    return emptyIndex();
  }
}

/** Both together: of two records with one key the later; of two places the first index's. */
export function mergeIndexes(first: CacheIndex, second: CacheIndex): CacheIndex {
  const records = new RecordIndex();
  records.addAll(first.records);
  records.addAll(second.records);
  return { records, blobs: new Map([...second.blobs, ...first.blobs]) };
}

/** The index without the records of these keys. Throws USAGE where it has records of another signing key. */
export function withoutRecords({ records, blobs }: CacheIndex, keys: readonly CacheKey[]): CacheIndex {
  keepForeign(records);
  for (const key of keys) records.remove(key);
  return { records, blobs };
}

/** The index without what is too much for it, and without places of blobs that no record names. */
export function boundedIndex({ records, blobs }: CacheIndex): CacheIndex {
  const kept = new RecordIndex();
  const ofStep = new Map<string, number>();
  let size = 0;
  const latestFirst = records.records().toSorted((a, b) => b.created - a.created);
  for (const record of latestFirst) {
    const count = record.kind === 'step' ? (ofStep.get(record.step) ?? 0) + 1 : 1;
    if (record.kind === 'step') ofStep.set(record.step, count);
    if (count <= MAX_OF_ONE_STEP && size < MAX_RECORDS && kept.add(record)) size++;
  }
  const named = new Set(kept.records().flatMap((record) => blobsOf(record).map(({ digest }) => digest)));
  return { records: kept, blobs: new Map([...blobs].filter(([digest]) => named.has(digest))) };
}
