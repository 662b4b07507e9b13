import { checkDiffId } from '../apply-layer.ts';
import { drainDecompressed } from '../decompress.ts';
import type { Layer } from '../layer.ts';
import { compressBlocks, LAYER_TYPES, type LayerCompression } from './compress-blocks.ts';
import { digested } from './digested.ts';
import type { BlobSource, IngestStore } from '../../content/index.ts';
import { createDigester, layerCompression } from '../../oci/index.ts';
import { cutChunks, TAR_CHUNK_BYTES } from '../../tar/index.ts';

export interface Recompression {
  readonly from: BlobSource;
  /** Where the new blob goes. */
  readonly to: IngestStore;
  readonly compression: LayerCompression;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The same layer compressed another way, in one pass and in flat memory: the diff ID stays, and is checked. The blob is the
 * one writeLayer would have made. Annotations of the old blob, which may describe its bytes, are dropped. Throws CONTENT
 * where the layer is not what its diff ID says, ARCHIVE where it is damaged; then nothing is left in the store.
 */
export async function recompressLayer(
  { descriptor, diffId }: Layer,
  { from, to, compression, signal }: Recompression,
): Promise<Layer> {
  const digester = createDigester();
  const ingest = to.begin();
  try {
    const kind = layerCompression(descriptor.mediaType) ?? 'none';
    const compress = async (pieces: AsyncIterable<Uint8Array>): Promise<void> => {
      const blocks = cutChunks(digested(pieces, digester), TAR_CHUNK_BYTES);
      for await (const piece of compressBlocks(blocks, compression)) ingest.write(piece);
    };
    await drainDecompressed(from.open(descriptor, signal), kind, compress, signal);
    checkDiffId(digester.digest(), diffId);
    const { digest, size } = await ingest.commit();
    return { descriptor: { mediaType: LAYER_TYPES[compression.kind], digest, size }, diffId };
  } catch (error) {
    ingest.abort();
    throw error;
  }
}
