import type { ByteQueue } from '../byte-queue.ts';
import { BitReader } from './bit-reader.ts';
import { readBlock } from './block.ts';
import { damaged } from './damaged.ts';
import { expandBlock } from './expand.ts';

/** A block of 900 000 symbols of 20 bits each, its tables and selectors: no block takes more. */
const LARGEST_BLOCK_BYTES = 3 * 1024 * 1024;
const BLOCK_UNIT = 100_000;
const HEADER_BYTES = 4;
/** 48 bits each, read as two halves: the digits of pi and of its square root. */
const BLOCK_MAGIC = [0x314159, 0x265359] as const;
const END_MAGIC = [0x177245, 0x385090] as const;

/**
 * The plain bytes of a bzip2 file, all its streams one after the other; what follows the last of them is ignored, as
 * bzip2 does. Every checksum is verified. Throws ARCHIVE.
 */
export async function* bunzip2(input: ByteQueue): AsyncGenerator<Uint8Array> {
  while ((await input.fill(HEADER_BYTES)) >= HEADER_BYTES) {
    const level = /^BZh([1-9])/.exec(input.held.subarray(0, HEADER_BYTES).toString('latin1'))?.[1];
    if (level === undefined) return;
    input.consume(HEADER_BYTES);
    yield* readStream(input, Number(level) * BLOCK_UNIT);
  }
}

/** One stream from behind its header to its end. Blocks do not begin at whole bytes. */
async function* readStream(input: ByteQueue, capacity: number): AsyncGenerator<Uint8Array> {
  let bit = 0;
  let combined = 0;
  for (;;) {
    await input.fill(LARGEST_BLOCK_BYTES);
    const reader = new BitReader(input.held);
    reader.skip(bit);
    const [high, low] = [reader.read(24), reader.read(24)];
    const checksum = reader.read32();
    if (high === END_MAGIC[0] && low === END_MAGIC[1]) {
      if (reader.overrun || checksum !== combined) throw damaged('wrong checksum of the whole');
      input.consume(reader.bytesUsed);
      return;
    }
    if (high !== BLOCK_MAGIC[0] || low !== BLOCK_MAGIC[1]) throw damaged('no block where one should be');
    const block = readBlock(reader, capacity);
    if (reader.overrun) throw damaged('it is cut off');
    const found = yield* expandBlock(block);
    if (found !== checksum) throw damaged('wrong checksum of a block');
    combined = (((combined << 1) | (combined >>> 31)) ^ checksum) >>> 0;
    bit = reader.bitPosition % 8;
    input.consume((reader.bitPosition - bit) / 8);
  }
}
