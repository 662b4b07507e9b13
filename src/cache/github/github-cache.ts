import { verified, type BlobSource } from '../../content/index.ts';
import { BuildError } from '../../errors/index.ts';
import type { Descriptor, Digest } from '../../oci/index.ts';
import type { CacheStats, CacheStore, SaveOutcome } from '../cache-store.ts';
import type { CacheKeeper } from '../contents.ts';
import { keptRecords } from '../index-contents.ts';
import type { CacheKey } from '../key.ts';
import { blobsOf, type CacheRecord, type StepRecord } from '../record.ts';
import { RecordIndex } from '../record-index.ts';
import type { RecordSeal } from '../seal.ts';
import { countingClient } from './counting-client.ts';
import { Entries, type GithubCacheAccess } from './entries.ts';
import {
  boundedIndex,
  emptyIndex,
  mergeIndexes,
  withoutRecords,
  type BlobPlace,
  type CacheIndex,
} from './index-document.ts';
import { IndexHistory } from './index-history.ts';
import { saveBlobs } from './save-blobs.ts';
import { tokenScopes } from './token-scopes.ts';

export interface GithubCacheOptions extends GithubCacheAccess {
  /** The user's name for this cache: caches of other scopes are not seen. */
  readonly scope: string;
  readonly seal: RecordSeal;
}

/**
 * A cache in GitHub's cache service, version 2: an index for each ref the token opens, and the blobs in entries of their own.
 * The service keeps refs apart: a job reads what its own ref, its base and the default branch have saved, and writes to its own.
 */
export class GithubCache implements CacheStore {
  readonly name: string;
  readonly #entries: Entries;
  readonly #own: IndexHistory;
  readonly #others: readonly IndexHistory[];
  readonly #writes: boolean;
  readonly #stats = { requests: 0, bytesRead: 0, bytesWritten: 0 };
  #index: Promise<CacheIndex> | undefined;
  /** Places of what was saved since the index was read. */
  readonly #added = new Map<Digest, BlobPlace>();
  /** Blobs that should be there and are not, or are damaged. */
  readonly #lost = new Set<Digest>();

  constructor(options: GithubCacheOptions) {
    const { scope, seal, access, waiting, token } = options;
    const http = countingClient(options.http, () => this.#stats.requests++);
    this.name = `GitHub cache ${scope}`;
    this.#entries = new Entries({ ...options, http });
    this.#writes = access.writes && access.reads;
    // The token's own ref comes first. Servers of others keep nothing apart.
    const [own = '', ...others] = tokenScopes(token).map((part) => part.scope);
    const historyOf = (ref: string): IndexHistory =>
      new IndexHistory(this.#entries, seal, waiting, scope, ref);
    this.#own = historyOf(own);
    this.#others = others.map(historyOf);
  }

  /** Own and other refs are looked through; only the own ref's index can be written. */
  get keeper(): CacheKeeper {
    return {
      removesBlobs: false,
      contents: async (signal) => {
        this.#index = undefined;
        const { records } = await this.#read(signal);
        return keptRecords(records);
      },
      open: (blob, signal) => this.open({ ...blob, mediaType: '' }, signal),
      drop: async ({ keys }, signal) => {
        const written = await this.#own.update((index) => boundedIndex(withoutRecords(index, keys)), signal);
        this.#index = undefined;
        if (written.kind === 'written') return;
        const reason = written.kind === 'exists' ? 'too many jobs save at the same time' : written.reason;
        throw new BuildError('REGISTRY', `the ${this.name} cannot be written: ${reason}`);
      },
    };
  }

  async lookup(keys: readonly CacheKey[], signal: AbortSignal): Promise<ReadonlyMap<CacheKey, CacheRecord>> {
    return (await this.#read(signal)).records.pick(keys);
  }

  async latest(step: string, signal: AbortSignal): Promise<StepRecord | undefined> {
    return (await this.#read(signal)).records.latest(step);
  }

  async has(descriptor: Descriptor, signal?: AbortSignal): Promise<boolean> {
    const place = await this.#placeOf(descriptor, signal);
    return place !== undefined && (await this.#entries.has(place.entry, signal));
  }

  async *open(descriptor: Descriptor, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const place = await this.#placeOf(descriptor, signal);
    if (place === undefined)
      throw new BuildError('CONTENT', `${descriptor.digest} is not in the ${this.name}`);
    const range = { offset: place.offset, length: place.size };
    try {
      for await (const chunk of verified(descriptor, this.#entries.read(place.entry, range, signal))) {
        this.#stats.bytesRead += chunk.length;
        yield chunk;
      }
    } catch (error) {
      if (signal?.aborted !== true) this.#lost.add(descriptor.digest);
      throw error;
    }
  }

  async save(records: readonly CacheRecord[], blobs: BlobSource, signal: AbortSignal): Promise<SaveOutcome> {
    if (!this.#writes || records.length === 0) return { saved: 0, bytes: 0, faults: [] };
    const wanted = await this.#missingBlobs(records, signal);
    const { places, bytes, faults } = await saveBlobs(
      wanted,
      blobs,
      { entries: this.#entries, lost: this.#lost },
      signal,
    );
    for (const [digest, place] of places) {
      this.#added.set(digest, place);
      this.#lost.delete(digest);
    }
    this.#stats.bytesWritten += bytes;
    return this.#saveRecords(records, { bytes, faults }, signal);
  }

  stats(): CacheStats {
    return { ...this.#stats };
  }

  /** Adds the records whose blobs are there to the index. */
  async #saveRecords(
    records: readonly CacheRecord[],
    { bytes, faults }: Pick<SaveOutcome, 'bytes' | 'faults'>,
    signal: AbortSignal,
  ): Promise<SaveOutcome> {
    const known = await this.#read(signal).catch(emptyIndex);
    const blobs = new Map([...known.blobs, ...this.#added]);
    for (const digest of this.#lost) blobs.delete(digest);
    const complete = records.filter((record) => blobsOf(record).every(({ digest }) => blobs.has(digest)));
    if (complete.length === 0) return { saved: 0, bytes, faults };
    const added: CacheIndex = { records: new RecordIndex(), blobs };
    for (const record of complete) added.records.add(record);
    try {
      const written = await this.#own.update((index) => boundedIndex(mergeIndexes(added, index)), signal);
      if (written.kind === 'written') return { saved: complete.length, bytes, faults };
      const reason = written.kind === 'exists' ? 'too many jobs save at the same time' : written.reason;
      return { saved: 0, bytes, faults: [...new Set([...faults, reason])] };
    } catch (error) {
      signal.throwIfAborted();
      return { saved: 0, bytes, faults: [...faults, (error as Error).message] };
    }
  }

  /** Blobs of records that are in no entry, or in one that is gone. */
  async #missingBlobs(records: readonly CacheRecord[], signal: AbortSignal): Promise<Descriptor[]> {
    const all = new Map(records.flatMap(blobsOf).map((blob) => [blob.digest, blob]));
    const present = await Promise.all(
      [...all.values()].map(async (blob) => {
        if (this.#lost.has(blob.digest)) return false;
        return this.has(blob, signal).catch(() => false);
      }),
    );
    return [...all.values()].filter((_, index) => present[index] === false);
  }

  async #placeOf({ digest, size }: Descriptor, signal?: AbortSignal): Promise<BlobPlace | undefined> {
    const place = this.#added.get(digest) ?? (await this.#read(signal)).blobs.get(digest);
    return place?.size === size ? place : undefined;
  }

  /** All indexes the token opens, read once; own records and places win. */
  #read(signal?: AbortSignal): Promise<CacheIndex> {
    this.#index ??= Promise.all([this.#own, ...this.#others].map((history) => history.read(signal))).then(
      (indexes) => indexes.reduce((first, second) => mergeIndexes(first, second), emptyIndex()),
    );
    return this.#index;
  }
}
