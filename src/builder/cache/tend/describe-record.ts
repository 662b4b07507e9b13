import { blobsOf, type CacheRecord } from '../../../cache/index.ts';
import type { Descriptor } from '../../../oci/index.ts';

/** What people call a record. */
export function nameOf(record: CacheRecord): string {
  switch (record.kind) {
    case 'step':
      return record.step;
    case 'listing':
      return record.diffId;
    case 'document':
      return record.digest;
    case 'mount':
      return record.name;
    case 'download':
      return record.content;
  }
}

/** Bytes of what a record stands for: its blobs, its part of one, or its own text. */
export function sizeOf(record: CacheRecord): number {
  if (record.kind === 'document') return Buffer.byteLength(record.text);
  if (record.kind === 'listing') return record.part.length;
  return blobsOf(record).reduce((sum, { size }) => sum + size, 0);
}

/** The blobs of records, each once. */
export function distinctBlobs(records: readonly CacheRecord[]): readonly Descriptor[] {
  return [...new Map(records.flatMap(blobsOf).map((blob) => [blob.digest, blob])).values()];
}
