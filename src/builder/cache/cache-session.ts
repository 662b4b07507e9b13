import {
  blobsOf,
  inlineRecords,
  withInlineRecords,
  type CacheKey,
  type CacheRecord,
  type CacheStore,
  type ForeignStep,
  type RecordSeal,
  type StepRecord,
} from '../../cache/index.ts';
import { copyBlob, type BlobSource, type LocalBlobStore } from '../../content/index.ts';
import { BuildError, toBuildError } from '../../errors/index.ts';
import type { Descriptor, Digest, ImageConfig } from '../../oci/index.ts';
import type { ImageLayer, RepositoryName } from '../../image/index.ts';
import type { Reporter } from '../../report/index.ts';
import { countedBytes } from '../counted-bytes.ts';

/** What a session works with. */
export interface SessionSettings {
  /** In the order in which they are asked. */
  readonly sources: readonly CacheStore[];
  readonly targets: readonly SessionTarget[];
  /** What records in the image are sealed with, where they are to be there. */
  readonly inline?: RecordSeal | undefined;
  /** Where blobs of this build lie. */
  readonly store: LocalBlobStore;
  /** Older records do not count. */
  readonly maxAgeMs?: number | undefined;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface SessionTarget {
  readonly store: CacheStore;
  readonly mode: 'min' | 'max';
}

/** How often a build begins anew because its context changed; after that it takes nothing from the caches. */
const MOST_CHANGES = 3;

/**
 * The caches of one build. Whatever is wrong with one of them is told once, and then it has nothing. A blob that cannot be
 * had is lost for good: its records do not exist any more, and who built upon them builds again.
 */
export class CacheSession implements BlobSource {
  readonly #settings: SessionSettings;
  readonly #silent = new Set<CacheStore>();
  readonly #known = new Map<CacheKey, CacheRecord>();
  /** Looked for, and nowhere. */
  readonly #missing = new Set<CacheKey>();
  readonly #made = new Map<CacheKey, CacheRecord>();
  /** Where records came from. */
  readonly #places = new Map<CacheKey, CacheStore>();
  readonly #origins = new Map<Digest, CacheStore>();
  readonly #lost = new Set<Digest>();
  #changes = 0;
  readonly unstable = new Set<string>();
  #fetchedBytes = 0;

  constructor(settings: SessionSettings) {
    this.#settings = settings;
  }

  /** Whether results are kept anywhere. */
  get keeps(): boolean {
    return this.#settings.targets.length > 0 || this.#settings.inline !== undefined;
  }

  /** How many blobs could not be had. */
  get losses(): number {
    return this.#lost.size;
  }

  /** How often the context was another than the one that was looked up. */
  get changes(): number {
    return this.#changes;
  }

  outdated(steps: readonly string[]): void {
    this.#changes++;
    for (const step of steps) this.unstable.add(step);
  }

  /** Bytes of layers and listings that the caches gave so far. */
  get fetchedBytes(): number {
    return this.#fetchedBytes;
  }

  /** Tells of a step by its key in another builder's cache. */
  foretell(step: ForeignStep): void {
    for (const source of this.#settings.sources) source.foretell?.(step);
  }

  /** Begins to read the cache that is asked first, while there is other work to do before that. */
  begin(): void {
    const { sources, signal } = this.#settings;
    // What goes wrong is told where something is looked up.
    sources[0]?.lookup([], signal).catch(() => undefined);
  }

  /** Records of this build and of the caches. */
  async lookup(keys: readonly CacheKey[]): Promise<ReadonlyMap<CacheKey, CacheRecord>> {
    if (this.#changes > MOST_CHANGES) return new Map();
    let open = keys.filter((key) => this.#find(key) === undefined && !this.#missing.has(key));
    for (const source of this.#settings.sources) {
      if (open.length === 0) break;
      for (const record of await this.#ask(source, open)) this.#remember(record, source);
      open = open.filter((key) => this.#find(key) === undefined);
    }
    for (const key of open) this.#missing.add(key);
    return new Map(
      keys.flatMap((key) => {
        const record = this.#find(key);
        return record === undefined ? [] : [[key, record] as const];
      }),
    );
  }

  /** The latest result of a step of this name, to tell what changed. */
  async latest(step: string): Promise<StepRecord | undefined> {
    for (const source of this.#settings.sources) {
      if (this.#silent.has(source)) continue;
      try {
        const record = await source.latest(step, this.#settings.signal);
        if (record !== undefined) return record;
      } catch (error) {
        this.#fault(source, 'cannot be asked', error);
      }
    }
    return undefined;
  }

  /** Notes a result of this build; its blobs lie in the store. */
  keep(record: CacheRecord): void {
    this.#made.set(record.key, record);
  }

  /** A config with the records of its own image, where they are to be there (`type=inline`). */
  async withInlineRecords(config: ImageConfig, layers: readonly ImageLayer[]): Promise<ImageConfig> {
    const { inline } = this.#settings;
    if (inline === undefined) return config;
    const records = inlineRecords(this.#all(), layers);
    // What is found by one key has a second record by its content, which nobody asked for.
    await this.lookup(records.flatMap(({ contentKey }) => contentKey ?? []));
    return withInlineRecords(config, inlineRecords(this.#all(), layers), inline);
  }

  /** Puts a blob into the store of the build. Throws where it cannot be had. */
  async fetch(descriptor: Descriptor): Promise<void> {
    const { store, signal } = this.#settings;
    if (await store.has(descriptor)) return;
    await copyBlob(this, store, descriptor, { signal });
  }

  /** Repositories that a registry may take a blob from. */
  repositoriesOf(digest: Digest): readonly RepositoryName[] {
    const repository = this.#origins.get(digest)?.repository;
    return repository === undefined ? [] : [repository];
  }

  async *open(descriptor: Descriptor, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    const origin = this.#origins.get(descriptor.digest);
    if (origin === undefined)
      throw new BuildError('INTERNAL', `blob ${descriptor.digest} belongs to no cache of this build`);
    try {
      yield* countedBytes(origin.open(descriptor, signal), (bytes) => void (this.#fetchedBytes += bytes));
    } catch (error) {
      if (signal?.aborted !== true) this.#lose(descriptor.digest, origin, error);
      throw error;
    }
  }

  /**
   * Takes what was found and made to the targets: all of it, or with `min` only steps with a layer of the image, by their diff IDs. Never
   * throws but CANCELLED; faults are told.
   */
  async save(imageLayers: ReadonlySet<Digest> | undefined): Promise<void> {
    const { targets, signal, reporter } = this.#settings;
    const blobs: BlobSource = { open: (descriptor, stop) => this.#localOr(descriptor, stop) };
    for (const { store: target, mode } of targets) {
      const records = this.#recordsFor(target, mode, imageLayers);
      if (records.length === 0) continue;
      const { saved, bytes, faults } = await target.save(records, blobs, signal);
      for (const fault of faults) reporter.warn(`the ${target.name} does not keep everything: ${fault}`);
      reporter.info(`${saved} entries saved in the ${target.name}, ${bytes} bytes moved`);
    }
  }

  async *#localOr(descriptor: Descriptor, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    const { store } = this.#settings;
    yield* (await store.has(descriptor)) ? store.open(descriptor, signal) : this.open(descriptor, signal);
  }

  /** What a target does not have yet, as far as is known. */
  #recordsFor(
    target: CacheStore,
    mode: 'min' | 'max',
    imageLayers: ReadonlySet<Digest> | undefined,
  ): CacheRecord[] {
    const found = [...this.#known.values()].filter(
      ({ key }) => !this.#made.has(key) && this.#places.get(key) !== target,
    );
    return [...this.#made.values(), ...found].filter((record) => {
      if (mode === 'max' || record.kind !== 'step' || record.layer === undefined) return true;
      return imageLayers?.has(record.layer.diffId) === true;
    });
  }

  #all(): readonly CacheRecord[] {
    return [...new Map([...this.#known, ...this.#made]).values()];
  }

  #find(key: CacheKey): CacheRecord | undefined {
    return this.#made.get(key) ?? this.#known.get(key);
  }

  async #ask(source: CacheStore, keys: readonly CacheKey[]): Promise<readonly CacheRecord[]> {
    if (this.#silent.has(source)) return [];
    try {
      const records = await source.lookup(keys, this.#settings.signal);
      return [...records.values()];
    } catch (error) {
      this.#settings.signal.throwIfAborted();
      this.#fault(source, 'cannot be asked', error);
      return [];
    }
  }

  #remember(record: CacheRecord, source: CacheStore): void {
    const { maxAgeMs, now } = this.#settings;
    const blobs = blobsOf(record);
    if (maxAgeMs !== undefined && record.created < now() - maxAgeMs) return;
    if (blobs.some(({ digest }) => this.#lost.has(digest))) return;
    this.#known.set(record.key, record);
    this.#places.set(record.key, source);
    for (const { digest } of blobs) if (!this.#origins.has(digest)) this.#origins.set(digest, source);
  }

  #lose(digest: Digest, origin: CacheStore, error: unknown): void {
    this.#lost.add(digest);
    this.#origins.delete(digest);
    for (const [key, record] of this.#known) {
      if (blobsOf(record).some((blob) => blob.digest === digest)) this.#known.delete(key);
    }
    const { message } = toBuildError(error);
    this.#settings.reporter.warn(`the ${origin.name} does not have what it lists: ${message}`);
  }

  #fault(source: CacheStore, what: string, error: unknown): void {
    this.#silent.add(source);
    this.#settings.reporter.warn(`the ${source.name} ${what}: ${toBuildError(error).message}`);
  }
}
