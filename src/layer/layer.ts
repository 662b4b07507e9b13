import type { Descriptor, Digest } from '../oci/index.ts';

/** A layer whose blob lies in a store. */
export interface Layer {
  readonly descriptor: Descriptor;
  /** Digest of the tar archive before compression. */
  readonly diffId: Digest;
}
