import { assertNever } from '../../errors/index.ts';
import { mediaTypes, type Compression } from '../../oci/index.ts';
import { parallelGzip } from './parallel-gzip.ts';
import { parallelZstd } from './parallel-zstd.ts';

/** How a layer is compressed. */
export interface LayerCompression {
  readonly kind: Compression;
  /** 0 to 9 for gzip, 1 to 22 for zstd; each has a default. */
  readonly level?: number | undefined;
  /** Blocks in memory at a time, 4 where it is not given; the bytes do not depend on it. */
  readonly blocksInFlight?: number | undefined;
}

export const DEFAULT_COMPRESSION: LayerCompression = { kind: 'gzip' };

/** The OCI media type of layers that are compressed so. */
export const LAYER_TYPES: Readonly<Record<Compression, string>> = {
  none: mediaTypes.OCI_LAYER,
  gzip: mediaTypes.OCI_LAYER_GZIP,
  zstd: mediaTypes.OCI_LAYER_ZSTD,
};

/** The compressed bytes of blocks, which are the caller's no longer. The same blocks always give the same bytes. */
export function compressBlocks(
  blocks: AsyncIterable<Uint8Array>,
  { kind, level, blocksInFlight }: LayerCompression,
): AsyncIterable<Uint8Array> {
  switch (kind) {
    case 'none':
      return blocks;
    case 'gzip':
      return parallelGzip(blocks, { level, blocksInFlight });
    case 'zstd':
      return parallelZstd(blocks, { level, framesInFlight: blocksInFlight });
    default:
      return assertNever(kind);
  }
}
