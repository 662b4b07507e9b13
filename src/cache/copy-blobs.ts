import type { BlobSource, BlobStore } from '../content/index.ts';
import { blobsOf, type CacheRecord } from './record.ts';

/** Puts what a record names where it is not yet; returns the bytes moved. Throws what reading and writing throw. */
export async function copyBlobsOf(
  record: CacheRecord,
  from: BlobSource,
  to: BlobStore,
  signal: AbortSignal,
): Promise<number> {
  let bytes = 0;
  for (const blob of blobsOf(record)) {
    if (await to.has(blob)) continue;
    await to.put(blob, from.open(blob, signal), signal);
    bytes += blob.size;
  }
  return bytes;
}
