/** Content-addressed blobs: stores, verification and copying. */
export type { BlobIngest, BlobSource, BlobStore, IngestStore, LocalBlobStore } from './blob-store.ts';
export { describe, streamOf } from './bytes-as-blob.ts';
export { copyBlob } from './copy-blob.ts';
export { DirectoryStore } from './directory-store.ts';
export { createLimiter } from './limiter.ts';
export type { Limiter } from './limiter.ts';
export { memoryStore } from './memory-store.ts';
export { readBlob } from './read-blob.ts';
export { verified } from './verified.ts';
