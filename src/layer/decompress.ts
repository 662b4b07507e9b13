import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import { BuildError, toBuildError } from '../errors/index.ts';
import type { Compression } from '../oci/index.ts';
import { isZstdMagic, ZstdFrameCutter } from './zstd-frames.ts';

/** Enough to see any magic number. */
const MAGIC_BYTES = 4;
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b, 8]);
/** Decompressed bytes are handed on in pieces of this size. */
const PIECE_BYTES = 1 << 18;
/** 128 MiB, the most zstd takes without being asked to: memory that the layer's author decides on. */
const ZSTD_WINDOW_LOG_MAX = 27;

/** Reads pieces to their end. */
type Drain = (pieces: AsyncIterable<Uint8Array>) => Promise<void>;

/**
 * Decompresses a blob and gives each piece to `consume` before the next is made; the piece is valid during that call.
 * A layer whose media type says it is compressed is read by its magic number, gzip, zstd or not compressed at all, as
 * containerd and docker do: images with wrong media types exist, and the diff ID tells what the bytes must be. Several
 * gzip members or zstd frames are one stream. Throws ARCHIVE for anything else that follows, zero bytes too (as Go does),
 * and for streams that are cut off or damaged, and whatever `consume` throws.
 */
export async function decompress(
  blob: AsyncIterable<Uint8Array>,
  compression: Compression,
  consume: (piece: Uint8Array) => void,
  signal?: AbortSignal,
): Promise<void> {
  const drain = async (pieces: AsyncIterable<Uint8Array>) => {
    for await (const piece of pieces) consume(piece);
  };
  await drainDecompressed(blob, compression, drain, signal);
}

/** The same for a consumer that takes its time: a piece is valid until the next is asked for. */
export async function drainDecompressed(
  blob: AsyncIterable<Uint8Array>,
  compression: Compression,
  drain: Drain,
  signal?: AbortSignal,
): Promise<void> {
  const { head, rest } = await peek(blob, MAGIC_BYTES);
  const options = signal === undefined ? {} : { signal };
  try {
    const actual = compression === 'none' ? 'none' : compressionOf(head);
    if (actual === 'none') await pipeline(rest, drain, options);
    else if (actual === 'gzip') await gunzip(rest, drain, options);
    else await pipeline(cutFrames(rest), zstdDecompressor(), drain, options);
  } catch (error) {
    throw explained(error);
  }
}

function compressionOf(head: Buffer): Compression {
  if (head.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC)) return 'gzip';
  return head.length >= MAGIC_BYTES && isZstdMagic(head.readUInt32LE(0)) ? 'zstd' : 'none';
}

/** Node stops without a word at a zero byte behind a member; what it left untouched tells. */
async function gunzip(
  chunks: AsyncIterable<Uint8Array>,
  drain: Drain,
  options: { signal?: AbortSignal },
): Promise<void> {
  const decompressor = createGunzip({ chunkSize: PIECE_BYTES });
  let given = 0;
  const counted = async function* () {
    for await (const chunk of chunks) {
      given += chunk.length;
      yield chunk;
    }
  };
  await pipeline(counted, decompressor, drain, options);
  if (decompressor.bytesWritten !== given)
    throw new BuildError('ARCHIVE', 'the layer has bytes after its gzip stream');
}

function zstdDecompressor() {
  return createZstdDecompress({
    chunkSize: PIECE_BYTES,
    params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX },
  });
}

/** The first bytes of a stream, and the whole stream with them. */
async function peek(
  blob: AsyncIterable<Uint8Array>,
  bytes: number,
): Promise<{ head: Buffer; rest: AsyncIterable<Uint8Array> }> {
  const iterator = blob[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < bytes) {
    const next = await iterator.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return { head, rest: resumed(head, iterator) };
}

async function* resumed(head: Buffer, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  } finally {
    await iterator.return?.();
  }
}

async function* cutFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const cutter = new ZstdFrameCutter();
  for await (const chunk of chunks)
    yield* cutter.cut(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
}

/** Errors of the decompressors in the words of a layer; others as they are. */
function explained(error: unknown): BuildError {
  const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? '') : '';
  if (error instanceof BuildError || !/^(Z_|ZSTD_|ERR_STREAM_PREMATURE_CLOSE)/.test(code))
    return toBuildError(error);
  const reason = error instanceof Error ? error.message : code;
  return new BuildError('ARCHIVE', `the layer cannot be decompressed: ${reason}`, { cause: error });
}
