import type { Descriptor, Digest } from '../oci/index.ts';

/** Something blobs can be read from. Every reader gets verified bytes: size and digest are checked as they pass, and a mismatch throws CONTENT before the stream ends. */
export interface BlobSource {
  open(descriptor: Descriptor, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** A place blobs live in. */
export interface BlobStore extends BlobSource {
  has(descriptor: Descriptor): Promise<boolean>;
  /** Stores content that must match the descriptor; atomic: a reader sees all of it or nothing. */
  put(descriptor: Descriptor, content: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void>;
}

/** A blob being written whose digest is not known before its last byte. One of commit and abort must be called. */
export interface BlobIngest {
  /** Appends bytes; done with the chunk when it returns. */
  write(chunk: Uint8Array): void;
  /** Makes the blob visible under its digest, all of it or nothing. */
  commit(): Promise<{ digest: Digest; size: number }>;
  /** Forgets what was written; harmless after commit. */
  abort(): void;
}

/** A store that can take blobs of unknown digest. */
export interface IngestStore extends BlobStore {
  begin(): BlobIngest;
}

/** An ingest store whose blobs are plain files of this machine. */
export interface LocalBlobStore extends IngestStore {
  /** Where the blob's bytes lie as a plain file. */
  pathOf(digest: Digest): string;
}
