import { BuildError } from '../errors/index.ts';
import type { ByteQueue } from './byte-queue.ts';

/** RFC 8878, section 3.1. */
const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const BLOCK_HEADER = 3;
/** Sizes of the header's fields, by the flags of its first byte. */
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;
const RLE_BLOCK = 1;

/**
 * Walks a zstd file frame by frame: runs to the next frame of data and returns true, or false at the end of the file.
 * node:zlib decodes one frame only and drops whatever follows it, so frames have to be told apart here.
 */
export async function nextFrame(input: ByteQueue): Promise<boolean> {
  for (;;) {
    if ((await input.fill(4)) === 0) return false;
    const magic = held(input, 4).readUInt32LE(0);
    if (magic === FRAME_MAGIC) return true;
    if ((magic & 0xfffffff0) >>> 0 !== SKIPPABLE_MAGIC) throw damaged();
    await input.fill(8);
    const size = held(input, 8).readUInt32LE(4);
    input.consume(8);
    await skip(input, size);
  }
}

/** The bytes of the frame the input stands at: header, blocks and checksum. */
export async function* frameBytes(input: ByteQueue): AsyncGenerator<Uint8Array> {
  await input.fill(5);
  const descriptor = held(input, 5)[4] ?? 0;
  const singleSegment = (descriptor & 0x20) !== 0;
  const hasChecksum = (descriptor & 0x04) !== 0;
  const contentSize = CONTENT_SIZE_BYTES[(descriptor >> 6) as 0 | 1 | 2 | 3];
  const header =
    5 +
    (singleSegment ? 0 : 1) +
    DICTIONARY_ID_BYTES[(descriptor & 3) as 0 | 1 | 2 | 3] +
    (contentSize === 0 && singleSegment ? 1 : contentSize);
  yield* take(input, header);
  for (let last = false; !last;) {
    await input.fill(BLOCK_HEADER);
    const block = held(input, BLOCK_HEADER).readUIntLE(0, BLOCK_HEADER);
    last = (block & 1) === 1;
    const isRle = ((block >> 1) & 3) === RLE_BLOCK;
    yield* take(input, BLOCK_HEADER + (isRle ? 1 : block >> 3));
  }
  if (hasChecksum) yield* take(input, 4);
}

async function* take(input: ByteQueue, bytes: number): AsyncGenerator<Uint8Array> {
  for (let left = bytes; left > 0;) {
    if ((await input.fill(1)) === 0) throw damaged();
    const part = input.consume(Math.min(left, input.held.length));
    left -= part.length;
    yield part;
  }
}

async function skip(input: ByteQueue, bytes: number): Promise<void> {
  const pieces = take(input, bytes);
  while ((await pieces.next()).done !== true);
}

function held(input: ByteQueue, bytes: number): Buffer {
  if (input.held.length < bytes) throw damaged();
  return input.held;
}

function damaged(): BuildError {
  return new BuildError('ARCHIVE', 'damaged compressed data: the zstd stream is corrupt or cut off');
}
