import type { BlobSource, BlobStore } from '../content/index.ts';
import type { Descriptor } from '../oci/index.ts';
import { blobsOf, type CacheRecord } from './record.ts';

/** Puts what a record names where it is not yet; returns the bytes moved. Throws what reading and writing throw. */
export async function copyBlobsOf(
  record: CacheRecord,
  from: BlobSource,
  to: BlobStore,
  signal: AbortSignal,
): Promise<number> {
  let bytes = 0;
  for (const blob of blobsOf(record)) bytes += await copyBlobOf(blob, from, to, signal);
  return bytes;
}

/** Puts a blob where it is not yet; returns the bytes moved. Throws what reading and writing throw. */
export async function copyBlobOf(
  blob: Descriptor,
  from: BlobSource,
  to: BlobStore,
  signal: AbortSignal,
): Promise<number> {
  if (await to.has(blob)) return 0;
  await to.put(blob, from.open(blob, signal), signal);
  return blob.size;
}
