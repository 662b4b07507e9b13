/** Content-addressed blobs: stores, verification and copying. */
export type { BlobIngest, BlobSource, BlobStore, LocalBlobStore } from './blob-store.ts';
