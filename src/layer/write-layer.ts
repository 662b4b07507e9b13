import type { LocalBlobStore } from '../content/index.ts';
import { createDigester } from '../oci/index.ts';
import { tarStream, type TarMember } from '../tar/index.ts';
import {
  compressBlocks,
  DEFAULT_COMPRESSION,
  LAYER_TYPES,
  type LayerCompression,
} from './compress/compress-blocks.ts';
import { digested } from './compress/digested.ts';
import type { ListingWriter } from './listing.ts';
import type { Layer } from './layer.ts';

export interface LayerOptions {
  readonly signal?: AbortSignal | undefined;
  /** No time in the layer is later than this: SOURCE_DATE_EPOCH. */
  readonly maxMtimeNs?: bigint | undefined;
  /** Every time in the layer is this one, whatever maxMtimeNs says: --reproducible. */
  readonly fixedMtimeNs?: bigint | undefined;
  /** gzip where it is not given. */
  readonly compression?: LayerCompression | undefined;
  /** Takes down what the layer lists. */
  readonly listing?: ListingWriter | undefined;
}

/**
 * Writes a layer of these members, in their order, into the store: tar, diff ID, compression, digest and blob in one pass and
 * in flat memory. Throws FILESYSTEM where a file changed meanwhile; nothing is left in the store on failure.
 */
export async function writeLayer(
  members: readonly TarMember[],
  store: LocalBlobStore,
  options: LayerOptions,
): Promise<Layer> {
  const diffId = createDigester();
  const compression = options.compression ?? DEFAULT_COMPRESSION;
  const ingest = store.begin();
  try {
    const archive = digested(tarStream(stamped(members, options), options.signal), diffId);
    for await (const piece of compressBlocks(archive, compression)) ingest.write(piece);
    const { digest, size } = await ingest.commit();
    return {
      descriptor: { mediaType: LAYER_TYPES[compression.kind], digest, size },
      diffId: diffId.digest(),
    };
  } catch (error) {
    ingest.abort();
    throw error;
  }
}

function* stamped(
  members: readonly TarMember[],
  { maxMtimeNs, fixedMtimeNs, listing }: LayerOptions,
): Generator<TarMember> {
  for (const given of members) {
    const mtimeNs = fixedMtimeNs ?? earlier(given.mtimeNs, maxMtimeNs);
    const member = mtimeNs === given.mtimeNs ? given : { ...given, mtimeNs };
    listing?.member(member);
    yield member;
  }
}

function earlier(time: bigint, limit: bigint | undefined): bigint {
  return limit !== undefined && limit < time ? limit : time;
}
