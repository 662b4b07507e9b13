import type { BlobSource, BlobStore } from '../content/index.ts';
import { createLimiter } from '../content/index.ts';
import { toBuildError } from '../errors/index.ts';
import { copyBlobsOf } from './copy-blobs.ts';
import type { CacheRecord } from './record.ts';

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

/** Puts the blobs of records into a store, some at a time. Throws only what an abort throws. */
export async function saveBlobs(
  all: readonly CacheRecord[],
  from: BlobSource,
  to: BlobStore,
  signal: AbortSignal,
): Promise<SavedBlobs> {
  const limit = createLimiter(AT_ONCE);
  const faults: string[] = [];
  let bytes = 0;
  const saved = await Promise.all(
    all.map((record) =>
      limit(async () => {
        try {
          bytes += await copyBlobsOf(record, from, to, signal);
          return [record];
        } catch (error) {
          signal.throwIfAborted();
          faults.push(toBuildError(error).message);
          return [];
        }
      }),
    ),
  );
  return { records: saved.flat(), bytes, faults };
}
