import type { Descriptor, Digest } from '../oci/index.ts';
import type { CacheKey } from './key.ts';
import type { CacheRecord } from './record.ts';

/** A record as it lies in a store. */
export interface StoredRecord {
  readonly record: CacheRecord;
  /** When it was last taken, in milliseconds since the epoch; undefined where the store does not note that. */
  readonly used?: number | undefined;
}

/** Something that lies where a record should and is none for the holder of this seal. */
export interface UnreadableRecord {
  /** What `drop` is told: a file of a directory; undefined for a line of an index, which the next write leaves out. */
  readonly name: string | undefined;
  /** `foreign`: it says it was written with another signing key, with one, or without. It may be sound. */
  readonly reason: 'damaged' | 'foreign';
}

/** All that a store holds. */
export interface CacheContents {
  readonly records: readonly StoredRecord[];
  readonly unreadable: readonly UnreadableRecord[];
  /** Blobs that are there and no record of any writer names, where the store can tell. */
  readonly loose: readonly StoredBlob[];
  /** What is wrong with the store itself, in words: an index that cannot be read. */
  readonly faults: readonly string[];
}

export interface StoredBlob {
  readonly digest: Digest;
  readonly size: number;
  /** In milliseconds since the epoch. */
  readonly used: number;
}

/** What is to leave a store. */
export interface CacheDrops {
  readonly keys: readonly CacheKey[];
  /** Names of unreadable records; those of an index go without being named. */
  readonly unreadable: readonly string[];
  /** Blobs, where the store holds them itself; a registry clears its own away. */
  readonly blobs: readonly Digest[];
}

/** How people look through a store and clear it up. Builds never do. */
export interface CacheKeeper {
  /** Whether the store removes blobs itself, and not only what names them. */
  readonly removesBlobs: boolean;
  /** Rejects where the store cannot be reached. */
  contents(signal: AbortSignal): Promise<CacheContents>;
  /** A blob, verified as it passes; it does not count as used by that. Throws CONTENT where it is damaged or not there. */
  open(descriptor: Pick<Descriptor, 'digest' | 'size'>, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Takes records and blobs out; what others save meanwhile stays. Rejects where that cannot be done. */
  drop(drops: CacheDrops, signal: AbortSignal): Promise<void>;
}
