import type { Descriptor } from '../oci/index.ts';

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
