import { createZstdDecompress } from 'node:zlib';
import type { ByteQueue } from './byte-queue.ts';
import { throughStream } from './through-stream.ts';
import { frameBytes, nextFrame } from './zstd-frames.ts';

/** The plain bytes of a zstd file, all its frames one after the other. */
export async function* unzstd(input: ByteQueue): AsyncGenerator<Uint8Array> {
  while (await nextFrame(input)) yield* throughStream(frameBytes(input), createZstdDecompress());
}
