import { constants, zstdCompress } from 'node:zlib';
import { parallelBlocks } from './parallel-blocks.ts';

/** zstd's own default. */
const DEFAULT_ZSTD_LEVEL = 3;
/**
 * Measured on 96 MB of shared libraries at level 3: one frame 29.71 MB, frames of 4 MiB 29.86 MB, of 1 MiB 30.41 MB. Half a
 * percent is little for work that spreads over all processors.
 */
const FRAME_BYTES = 4 << 20;
const PIECE_BYTES = 1 << 18;

export interface ZstdOptions {
  /** 1 to 22. */
  readonly level?: number | undefined;
  readonly framesInFlight?: number | undefined;
}

/**
 * zstd frames (RFC 8878) of 4 MiB each, one after the other, compressed side by side on the thread pool. The bytes depend on
 * the content and the level (and on the zstd of this Node), never on how it came in blocks or how many were in flight.
 */
export async function* parallelZstd(
  blocks: AsyncIterable<Uint8Array>,
  options: ZstdOptions = {},
): AsyncGenerator<Uint8Array> {
  const level = options.level ?? DEFAULT_ZSTD_LEVEL;
  yield* parallelBlocks(frames(blocks), (frame) => compressFrame(frame, level), options.framesInFlight);
}

/** The same bytes in pieces of FRAME_BYTES, the last one shorter; one empty piece where there are none. */
async function* frames(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let [collected, size, isFirst]: [Uint8Array[], number, boolean] = [[], 0, true];
  for await (const block of blocks) {
    for (let at = 0; at < block.length;) {
      const part = block.subarray(at, at + FRAME_BYTES - size);
      collected.push(part);
      at += part.length;
      size += part.length;
      if (size < FRAME_BYTES) continue;
      yield Buffer.concat(collected);
      [collected, size, isFirst] = [[], 0, false];
    }
  }
  if (size > 0 || isFirst) yield Buffer.concat(collected);
}

function compressFrame(frame: Uint8Array, level: number): Promise<Uint8Array> {
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  return new Promise((resolve, reject) => {
    zstdCompress(frame, { chunkSize: PIECE_BYTES, params }, (error, result) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });
}
