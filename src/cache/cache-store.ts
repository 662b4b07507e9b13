import type { BlobSource } from '../content/index.ts';
import type { Descriptor } from '../oci/index.ts';
import type { CacheKeeper } from './contents.ts';
import type { CacheKey, KeyPart } from './key.ts';
import type { CacheRecord, StepRecord } from './record.ts';

/** A step whose key in another builder's cache is known. */
export interface ForeignStep {
  readonly key: CacheKey;
  /** What `key` is made of. */
  readonly parts: readonly KeyPart[];
  /** Its name. */
  readonly step: string;
  readonly stage: string;
  /** kaniko's key: the tag of its entry. */
  readonly tag: string;
}

/** What a store did so far. */
export interface CacheStats {
  readonly requests: number;
  /** Bytes of blobs that were read and written. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** What became of a save. */
export interface SaveOutcome {
  /** Records that are in the store now. */
  readonly saved: number;
  /** Bytes of blobs that had to be moved for it. */
  readonly bytes: number;
  /** What went wrong, in words for people; empty where all is there. */
  readonly faults: readonly string[];
}

/**
 * A place where results of builds are kept. Many builds may use one at the same time, and nobody is to be trusted: what
 * comes out of it is checked, and what is missing, damaged or foreign is not there.
 */
export interface CacheStore extends BlobSource {
  /** For messages: `registry example.com/app/cache`. */
  readonly name: string;
  /** The repository its blobs lie in, where a registry can take them over from there. */
  readonly repository?: { readonly registry: string; readonly name: string } | undefined;
  /** How it is looked through and cleared up, where that can be done. */
  readonly keeper?: CacheKeeper | undefined;
  /**
   * The records under these keys, each opened by the seal; keys without one are left out. Whether their blobs are still
   * there is not asked. Rejects where the store cannot be reached, and with CANCELLED after an abort.
   */
  lookup(keys: readonly CacheKey[], signal: AbortSignal): Promise<ReadonlyMap<CacheKey, CacheRecord>>;
  /** Tells of a step that may be asked for, for stores that know it by another key. */
  foretell?(step: ForeignStep): void;
  /** The latest record of a step of this name, whatever its key; undefined where none is known. May cost nothing more than lookup did. */
  latest(step: string, signal: AbortSignal): Promise<StepRecord | undefined>;
  /** Whether a blob could be read now: asked before something is built upon it. */
  has(descriptor: Descriptor, signal?: AbortSignal): Promise<boolean>;
  /** A blob, verified as it passes. Throws CONTENT where it is damaged or not there. */
  open(descriptor: Descriptor, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /**
   * Adds records, after the blobs they name, which `blobs` gives: no record is seen before its blobs are there. What
   * other builds save meanwhile stays; of two records with one key the later one stays. Rejects only with CANCELLED:
   * everything else that goes wrong is told in the outcome.
   */
  save(records: readonly CacheRecord[], blobs: BlobSource, signal: AbortSignal): Promise<SaveOutcome>;
  stats(): CacheStats;
}
