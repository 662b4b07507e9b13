import type { BlobSource, BlobStore } from '../content/index.ts';
import { createLimiter } from '../content/index.ts';
import { toBuildError } from '../errors/index.ts';
import type { Digest } from '../oci/index.ts';
import { copyBlobOf } from './copy-blobs.ts';
import { blobsOf, type CacheRecord } from './record.ts';

const AT_ONCE = 4;

/** What is stored by now of some records. */
export interface SavedBlobs {
  /** Those whose blobs are all there, in their order. */
  readonly records: readonly CacheRecord[];
  /** Bytes that were moved. */
  readonly bytes: number;
  /** Why others are not among them. */
  readonly faults: readonly string[];
}

/** Puts the blobs of records into a store, each once, some at a time. Throws only what an abort throws. */
export async function saveBlobs(
  all: readonly CacheRecord[],
  from: BlobSource,
  to: BlobStore,
  signal: AbortSignal,
): Promise<SavedBlobs> {
  const limit = createLimiter(AT_ONCE);
  const distinct = new Map(all.flatMap(blobsOf).map((blob) => [blob.digest, blob]));
  const lost = new Set<Digest>();
  const faults: string[] = [];
  let bytes = 0;
  await Promise.all(
    [...distinct.values()].map((blob) =>
      limit(async () => {
        try {
          bytes += await copyBlobOf(blob, from, to, signal);
        } catch (error) {
          signal.throwIfAborted();
          lost.add(blob.digest);
          faults.push(toBuildError(error).message);
        }
      }),
    ),
  );
  const isWhole = (record: CacheRecord): boolean => blobsOf(record).every(({ digest }) => !lost.has(digest));
  return { records: all.filter(isWhole), bytes, faults };
}
