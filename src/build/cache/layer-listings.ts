import { keyOf, keyPart, type KeyPart, type ListingRecord } from '../../cache/index.ts';
import { readBlob, type LocalBlobStore } from '../../content/index.ts';
import { BuildError } from '../../errors/index.ts';
import type { ImageLayer } from '../../image/index.ts';
import { ListingWriter } from '../../layer/index.ts';
import type { Descriptor, Digest } from '../../oci/index.ts';
import type { LayerCache } from '../ports.ts';
import type { Listings } from '../layer-trees.ts';

const MEDIA_TYPE = 'application/vnd.ts-kaniko.layer-listing.v1+gzip';
/** A listing of a million entries is a tenth of that. */
const LARGEST = 256 * 1024 * 1024;
/** Listings share a blob until it has this size: most have a few hundred bytes, and each blob is a request. */
const PACK_BYTES = 1024 * 1024;
/** A tree whose listings lie in more blobs gets them together in one, for the next build. */
const MOST_PACKS = 4;

/** Listings of layers out of the cache and into it. */
export interface KeptListings extends Listings {
  /** Hands to the cache what was kept since. Nothing else does. */
  flush(): Promise<void>;
}

/** The listings of a build; none at all where there is no cache. */
export function layerListings(
  cache: LayerCache | undefined,
  store: LocalBlobStore,
  now: () => number,
): KeptListings {
  return cache === undefined ? NO_LISTINGS : new CachedListings(cache, store, now);
}

const NO_LISTINGS: KeptListings = {
  find: () => Promise.resolve(undefined),
  writer: () => Promise.resolve(undefined),
  keep: () => Promise.resolve(),
  flush: () => Promise.resolve(),
};

class CachedListings implements KeptListings {
  readonly #cache: LayerCache;
  readonly #store: LocalBlobStore;
  readonly #now: () => number;
  /** Made by this build, and those that are put together anew. */
  readonly #kept = new Set<Digest>();
  /** Of these, what no blob has yet. */
  #waiting: { readonly diffId: Digest; readonly bytes: Buffer }[] = [];

  constructor(cache: LayerCache, store: LocalBlobStore, now: () => number) {
    this.#cache = cache;
    this.#store = store;
    this.#now = now;
  }

  async find(layers: readonly ImageLayer[]): Promise<readonly Buffer[] | undefined> {
    const records = await this.#records(layers.map(({ diffId }) => diffId));
    if (records === undefined) return undefined;
    try {
      const blobs = await this.#blobs(records);
      const found = records.map((record) => partOf(record, blobs.get(record.listing.digest)));
      if (blobs.size > MOST_PACKS && this.#cache.keeps) await this.#together(records, found);
      return found;
    } catch {
      return undefined; // the layers themselves tell the same
    }
  }

  async writer(diffId?: Digest): Promise<ListingWriter | undefined> {
    if (!this.#cache.keeps) return undefined;
    const isKnown =
      diffId !== undefined && (this.#kept.has(diffId) || (await this.#records([diffId])) !== undefined);
    return isKnown ? undefined : new ListingWriter();
  }

  async keep({ diffId }: Pick<ImageLayer, 'diffId'>, writer: ListingWriter): Promise<void> {
    if (!this.#kept.has(diffId)) await this.#add(diffId, writer.bytes());
  }

  async flush(): Promise<void> {
    const parts = this.#waiting;
    this.#waiting = [];
    if (parts.length > 0) await this.#save(parts);
  }

  async #add(diffId: Digest, bytes: Buffer): Promise<void> {
    this.#kept.add(diffId);
    if (bytes.length >= PACK_BYTES) return this.#save([{ diffId, bytes }]);
    const size = this.#waiting.reduce((sum, part) => sum + part.bytes.length, bytes.length);
    if (size > PACK_BYTES) await this.flush();
    this.#waiting.push({ diffId, bytes });
  }

  /** Stores listings as one blob, and a record for each. */
  async #save(parts: readonly { readonly diffId: Digest; readonly bytes: Buffer }[]): Promise<void> {
    const ingest = this.#store.begin();
    for (const { bytes } of parts) ingest.write(bytes);
    const { digest, size } = await ingest.commit();
    const listing = { mediaType: MEDIA_TYPE, digest, size };
    let offset = 0;
    for (const { diffId, bytes } of parts) {
      const keyParts = listingParts(diffId);
      const part = { offset, length: bytes.length };
      offset += bytes.length;
      const record = { kind: 'listing', created: this.#now(), diffId, listing, part } as const;
      this.#cache.keep({ ...record, key: keyOf(keyParts), parts: keyParts });
    }
  }

  /** Small listings that lie far apart get into one blob. */
  async #together(records: readonly ListingRecord[], found: readonly Buffer[]): Promise<void> {
    for (const [at, { diffId }] of records.entries()) {
      const bytes = found[at];
      if (bytes !== undefined && bytes.length < PACK_BYTES && !this.#kept.has(diffId))
        await this.#add(diffId, bytes);
    }
  }

  /** A record for each of these layers; undefined where one is missing. */
  async #records(diffIds: readonly Digest[]): Promise<readonly ListingRecord[] | undefined> {
    const keys = diffIds.map((diffId) => keyOf(listingParts(diffId)));
    const records = await this.#cache.lookup(keys);
    const found = keys.flatMap((key) => {
      const record = records.get(key);
      return record?.kind === 'listing' ? [record] : [];
    });
    return found.length === keys.length ? found : undefined;
  }

  /** The blobs of these records, each fetched once. */
  async #blobs(records: readonly ListingRecord[]): Promise<ReadonlyMap<Digest, Buffer>> {
    const distinct = new Map(records.map(({ listing }) => [listing.digest, listing]));
    const fetch = async (blob: Descriptor): Promise<readonly [Digest, Buffer]> => {
      await this.#cache.fetch(blob);
      return [blob.digest, await readBlob(this.#store, blob, LARGEST)];
    };
    return new Map(await Promise.all([...distinct.values()].map(fetch)));
  }
}

/** Throws CONTENT for a part that the blob does not have. */
function partOf({ part: { offset, length } }: ListingRecord, blob: Buffer | undefined): Buffer {
  if (blob === undefined || offset + length > blob.length)
    throw new BuildError('CONTENT', 'a listing of a layer lies beyond the end of its blob');
  return blob.subarray(offset, offset + length);
}

function listingParts(diffId: Digest): readonly KeyPart[] {
  return [keyPart('kind', 'listing', 2), keyPart('diff ID', diffId)];
}
