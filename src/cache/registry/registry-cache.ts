import type { BlobStore } from '../../content/index.ts';
import { toBuildError } from '../../errors/index.ts';
import { layerCompression, type Digest } from '../../oci/index.ts';
import type { CacheStore } from '../cache-store.ts';
import { saveBlobs } from '../save-blobs.ts';
import { blobsOf, type CacheRecord } from '../record.ts';
import type { RecordIndex } from '../record-index.ts';
import type { RecordSeal } from '../seal.ts';
import type { CacheReader, CacheWriter, RepositoryPlace } from './cache-repository.ts';
import { cacheTag, readIndex } from './registry-index.ts';
import { registryKeeper } from './registry-keeper.ts';
import { saveRecords } from './save-records.ts';

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
 * records together.
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
  const blobs = knowingStore(mountingStore(options), async () => (await index)?.records() ?? []);
  return {
    name: `registry cache ${reader.registry}/${reader.name}:${tag}`,
    repository: { registry: reader.registry, name: reader.name },
    lookup: async (keys, signal) => (await read(signal)).pick(keys),
    latest: async (step, signal) => (await read(signal)).latest(step),
    has: (descriptor) => reader.has(descriptor),
    open: (descriptor, signal) => {
      stats.bytesRead += descriptor.size;
      return blobs.open(descriptor, signal);
    },
    save: async (all, from, signal) => {
      const { records, bytes, faults } = await saveBlobs(all, from, blobs, signal);
      stats.bytesWritten += bytes;
      try {
        await saveRecords(records, { repository: options.writer, tag, seal }, signal);
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

/**
 * The same store, which is not asked for blobs that records of its index name: the registry keeps them as long as it. One
 * that could not be read is asked for all the same.
 */
function knowingStore(store: BlobStore, listed: () => Promise<readonly CacheRecord[]>): BlobStore {
  const lost = new Set<Digest>();
  let known: Promise<ReadonlySet<Digest>> | undefined;
  const find = async (): Promise<ReadonlySet<Digest>> =>
    new Set((await listed().catch(() => [])).flatMap(blobsOf).map(({ digest }) => digest));
  return {
    has: async (descriptor) => {
      const { digest } = descriptor;
      known ??= find();
      return (!lost.has(digest) && (await known).has(digest)) || (await store.has(descriptor));
    },
    put: (descriptor, content, signal) => store.put(descriptor, content, signal),
    async *open(descriptor, signal) {
      try {
        yield* store.open(descriptor, signal);
      } catch (error) {
        lost.add(descriptor.digest);
        throw error;
      }
    },
  };
}

/** The repository, which takes layers over from others where it can; nothing else of a cache lies elsewhere. */
function mountingStore({ reader, writer, mountFrom }: RegistryCacheOptions): BlobStore {
  return {
    has: (descriptor) => writer.has(descriptor),
    open: (descriptor, signal) => reader.open(descriptor, signal),
    put: async (descriptor, content, signal) => {
      const isLayer = layerCompression(descriptor.mediaType) !== undefined;
      for (const other of isLayer ? mountFrom(descriptor.digest) : []) {
        if (other.registry !== writer.registry || other.name === writer.name) continue;
        if (await writer.mount(descriptor, other, signal)) return;
      }
      await writer.put(descriptor, content, signal);
    },
  };
}
