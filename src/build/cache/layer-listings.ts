import { keyOf, keyPart, type KeyPart } from '../../cache/index.ts';
import { readBlob, type LocalBlobStore } from '../../content/index.ts';
import type { ImageLayer } from '../../image/index.ts';
import { ListingWriter } from '../../layer/index.ts';
import type { LayerCache } from '../ports.ts';
import type { Listings } from '../layer-trees.ts';

const MEDIA_TYPE = 'application/vnd.ts-kaniko.layer-listing.v1+gzip';
/** A listing of a million entries is a tenth of that. */
const LARGEST = 256 * 1024 * 1024;

/** Listings of layers out of the cache and into it; none at all where there is no cache. */
export function layerListings(
  cache: LayerCache | undefined,
  store: LocalBlobStore,
  now: () => number,
): Listings {
  if (cache === undefined)
    return { find: () => Promise.resolve(undefined), writer: () => undefined, keep: () => Promise.resolve() };
  const kept = new Set<string>();
  return {
    find: (layers) => find(layers, cache, store),
    writer: (diffId) => {
      const isKnown = diffId !== undefined && kept.has(diffId);
      return !cache.keeps || isKnown ? undefined : new ListingWriter();
    },
    keep: async ({ diffId }, writer) => {
      if (kept.has(diffId)) return;
      kept.add(diffId);
      const bytes = writer.bytes();
      const ingest = store.begin();
      ingest.write(bytes);
      const { digest, size } = await ingest.commit();
      const parts = listingParts(diffId);
      const listing = { mediaType: MEDIA_TYPE, digest, size };
      cache.keep({ kind: 'listing', key: keyOf(parts), parts, created: now(), diffId, listing });
    },
  };
}

async function find(
  layers: readonly ImageLayer[],
  cache: LayerCache,
  store: LocalBlobStore,
): Promise<readonly Buffer[] | undefined> {
  const keys = layers.map(({ diffId }) => keyOf(listingParts(diffId)));
  const records = await cache.lookup(keys);
  const found = keys.map((key) => records.get(key));
  if (!found.every((record) => record?.kind === 'listing')) return undefined;
  try {
    return await Promise.all(
      found.map(async ({ listing }) => {
        await cache.fetch(listing);
        return readBlob(store, listing, LARGEST);
      }),
    );
  } catch {
    return undefined; // the layers themselves tell the same
  }
}

function listingParts(diffId: string): readonly KeyPart[] {
  return [keyPart('kind', 'listing', 1), keyPart('diff ID', diffId)];
}
