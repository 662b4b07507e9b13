import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';
import { BuildError } from '../errors/index.ts';
import { createDigester, type Compression, type Digest } from '../oci/index.ts';

const PIECE_BYTES = 1 << 18;

/** The digest of a layer's tar, decompressed as a stream. Throws CONTENT where the compression is damaged. */
export async function diffIdOf(
  blob: AsyncIterable<Uint8Array>,
  compression: Compression,
  signal?: AbortSignal,
): Promise<Digest> {
  const digester = createDigester();
  const digest = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) digester.update(chunk);
  };
  const input = Readable.from(blob, { objectMode: false });
  const options = signal === undefined ? {} : { signal };
  try {
    if (compression === 'none') await pipeline(input, digest, options);
    else await pipeline(input, decompressor(compression), digest, options);
  } catch (error) {
    throw asContentError(error);
  }
  return digester.digest();
}

function decompressor(compression: 'gzip' | 'zstd'): Gunzip | ZstdDecompress {
  return compression === 'gzip'
    ? createGunzip({ chunkSize: PIECE_BYTES })
    : createZstdDecompress({ chunkSize: PIECE_BYTES });
}

function asContentError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (!/^(Z_|ZSTD_|ERR_ZSTD)/.test(code)) return error;
  return new BuildError('CONTENT', `the layer's compression is damaged: ${(error as Error).message}`, {
    cause: error,
  });
}
