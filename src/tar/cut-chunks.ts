import { ChunkBuffer } from './chunk-buffer.ts';

/** The same bytes in chunks of exactly `size`, the last one shorter. They are copies: the caller's to keep. */
export async function* cutChunks(
  pieces: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array> {
  const buffer = new ChunkBuffer(size);
  for await (const piece of pieces) yield* buffer.append(piece);
  yield* buffer.flush();
}
