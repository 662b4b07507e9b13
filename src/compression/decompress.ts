import { createGunzip } from 'node:zlib';
import { BuildError } from '../errors/index.ts';
import { bunzip2 } from './bzip2/bunzip2.ts';
import { ByteQueue } from './byte-queue.ts';
import { type ArchiveCompression, detectCompression, MAGIC_BYTES } from './detect-compression.ts';
import { throughStream } from './through-stream.ts';
import { unxz } from './unxz.ts';
import { unzstd } from './unzstd.ts';

const DECODERS: Readonly<Record<ArchiveCompression, (input: ByteQueue) => AsyncIterable<Uint8Array>>> = {
  none: (input) => input.rest(),
  gzip: (input) => throughStream(input.rest(), createGunzip()),
  bzip2: bunzip2,
  xz: unxz,
  zstd: unzstd,
};

/**
 * The plain bytes of a file that may be compressed by gzip, bzip2, xz or zstd, which its own first bytes tell. Memory
 * stays flat. Throws ARCHIVE for damaged data, UNSUPPORTED for features no decoder here has; errors of the source pass.
 */
export async function* decompress(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = new ByteQueue(chunks);
  try {
    await input.fill(MAGIC_BYTES);
    yield* DECODERS[detectCompression(input.held)](input);
  } catch (error) {
    throw isDataError(error) ? damaged(error) : error;
  } finally {
    await input.close();
  }
}

/** Errors of zlib's decoders have codes like Z_DATA_ERROR, Z_BUF_ERROR and ZSTD_error_…. */
function isDataError(error: unknown): error is Error {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code !== undefined && /^(Z_|ZSTD_|ERR__ZSTD)/.test(code);
}

function damaged(error: Error): BuildError {
  return new BuildError('ARCHIVE', `damaged compressed data: ${error.message}`, { cause: error });
}
