import { setTimeout as delay } from 'node:timers/promises';
import type { BlobStore } from '../../content/index.ts';
import { BuildError, toBuildError } from '../../errors/index.ts';
import type { Digest } from '../../oci/index.ts';
import type { CacheStore } from '../cache-store.ts';
import { saveBlobs } from '../save-blobs.ts';
import type { CacheRecord } from '../record.ts';
import type { RecordIndex } from '../record-index.ts';
import type { RecordSeal } from '../seal.ts';
import type { CacheReader, CacheWriter, RepositoryPlace } from './cache-repository.ts';
import { cacheTag, readIndex, writeIndex } from './registry-index.ts';
import { registryKeeper } from './registry-keeper.ts';

/** How often a save is done again because other builds write at the same time. */
const MOST_ROUNDS = 64;
/** Longer than the time between another build's last look at the index and its write, which is one request. */
const SETTLE_MS = 250;
/** The same where requests take long: so many times as long as reading and writing the index took. */
const SETTLE_ROUNDS = 3;

export interface RegistryCacheOptions {
  readonly reader: CacheReader;
  readonly writer: CacheWriter;
  /** Tells caches of one repository apart. */
  readonly scope: string;
  readonly seal: RecordSeal;
  /** Repositories that may hold a blob already: it is taken over from there. */
  mountFrom(digest: Digest): readonly RepositoryPlace[];
}

/**
 * A cache in a repository, one index for each scope under a tag of its own. Builds that write at the same time put their
 * records together: a save is over when all of its records are in the index a while after it was written.
 */
export function registryCache(options: RegistryCacheOptions): CacheStore {
  const { reader, seal } = options;
  const tag = cacheTag(options.scope);
  const stats = { requests: 0, bytesRead: 0, bytesWritten: 0 };
  let index: Promise<RecordIndex> | undefined;
  const read = (signal: AbortSignal): Promise<RecordIndex> => {
    stats.requests++;
    index ??= readIndex(reader, tag, seal, signal).then(({ records }) => records);
    return index;
  };
  const blobs = mountingStore(options);
  return {
    name: `registry cache ${reader.registry}/${reader.name}:${tag}`,
    repository: { registry: reader.registry, name: reader.name },
    lookup: async (keys, signal) => (await read(signal)).pick(keys),
    latest: async (step, signal) => (await read(signal)).latest(step),
    has: (descriptor) => reader.has(descriptor),
    open: (descriptor, signal) => {
      stats.bytesRead += descriptor.size;
      return reader.open(descriptor, signal);
    },
    save: async (all, from, signal) => {
      const { records, bytes, faults } = await saveBlobs(all, from, blobs, signal);
      stats.bytesWritten += bytes;
      try {
        await saveRecords(records, options, tag, signal);
        index = undefined;
        return { saved: records.length, bytes, faults };
      } catch (error) {
        signal.throwIfAborted();
        return { saved: 0, bytes, faults: [...faults, toBuildError(error).message] };
      }
    },
    stats: () => ({ ...stats }),
    keeper: registryKeeper(options, tag),
  };
}

/** Writes until a look a while after the last write shows all records. Throws REGISTRY where that never comes. */
async function saveRecords(
  records: readonly CacheRecord[],
  { writer, seal }: RegistryCacheOptions,
  tag: string,
  signal: AbortSignal,
): Promise<void> {
  if (records.length === 0) return;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const started = performance.now();
    const index = await readIndex(writer, tag, seal, signal);
    const missing = records.filter((record) => index.records.add(record));
    if (missing.length === 0) return;
    if (!(await writeIndex(index, writer, tag, seal, signal))) continue;
    // Whoever looked before this write has written by then; builds that met come back at different times.
    const settled = Math.max(SETTLE_MS, SETTLE_ROUNDS * (performance.now() - started));
    await delay(settled * (1 + Math.random()), undefined, { signal });
  }
  throw new BuildError('REGISTRY', 'too many builds write to it at the same time');
}

/** The repository, which takes blobs over from others where it can. */
function mountingStore({ reader, writer, mountFrom }: RegistryCacheOptions): BlobStore {
  return {
    has: (descriptor) => writer.has(descriptor),
    open: (descriptor, signal) => reader.open(descriptor, signal),
    put: async (descriptor, content, signal) => {
      for (const other of mountFrom(descriptor.digest)) {
        if (other.registry !== writer.registry || other.name === writer.name) continue;
        if (await writer.mount(descriptor, other, signal)) return;
      }
      await writer.put(descriptor, content, signal);
    },
  };
}
