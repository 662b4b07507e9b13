import { BuildError } from '../errors/index.ts';
import { createDigester, type Compression, type Digest } from '../oci/index.ts';
import { DEFAULT_TAR_LIMITS, TarParser, type TarHandler, type TarLimits } from '../tar/index.ts';
import { decompress } from './decompress.ts';

/** What a layer may ask of its reader. */
export interface LayerLimits extends TarLimits {
  /** Bytes of the layer once it is decompressed. */
  readonly uncompressedBytes: number;
}

export const DEFAULT_LAYER_LIMITS: LayerLimits = {
  ...DEFAULT_TAR_LIMITS,
  // Above any layer known (model weights reach some hundred GiB); a stop for a blob that would grow for days.
  uncompressedBytes: 2 ** 40,
};

/**
 * Decompresses a layer, feeds its entries to the handler as they pass and checks the bytes against the diff ID, where
 * one is known. Memory stays flat. What the handler got counts only when this returns: throws CONTENT where the diff ID
 * does not match, ARCHIVE for damage and crossed limits, CANCELLED, and whatever the blob and the handler throw.
 */
export async function applyLayer(
  blob: AsyncIterable<Uint8Array>,
  compression: Compression,
  diffId: Digest | undefined,
  handler: TarHandler,
  signal?: AbortSignal,
  limits: Partial<LayerLimits> = {},
): Promise<void> {
  const digester = createDigester();
  const parser = new TarParser(handler, { limits });
  const limit = limits.uncompressedBytes ?? DEFAULT_LAYER_LIMITS.uncompressedBytes;
  let size = 0;
  const consume = (piece: Uint8Array) => {
    size += piece.length;
    if (size > limit)
      throw new BuildError('ARCHIVE', `the layer is larger than ${String(limit)} bytes when decompressed`);
    digester.update(piece);
    parser.write(piece);
  };
  await decompress(blob, compression, consume, signal);
  parser.finish();
  checkDiffId(digester.digest(), diffId);
}

/** Throws CONTENT where a layer's diff ID is not the expected one, if any is. */
export function checkDiffId(actual: Digest, expected: Digest | undefined): void {
  if (expected === undefined || actual === expected) return;
  throw new BuildError(
    'CONTENT',
    `the layer's content is ${actual}, but the image's configuration says ${expected}`,
  );
}
