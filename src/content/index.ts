/** Content-addressed blobs: stores, verification and copying. */
export type { BlobSource, BlobStore } from './blob-store.ts';
