import type { SortedBlock } from './block.ts';

const CHUNK_BYTES = 1 << 16;
const RUN_LENGTH = 4;

/** CRC-32 as bzip2 has it: most significant bit first. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000_0000 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
  return crc;
});

/**
 * The bytes of a block in chunks of 64 KiB; four equal bytes are followed by how often the byte comes again, so that a
 * block of 900 kB may stand for 46 MB. The generator returns the block's checksum.
 */
export function* expandBlock(block: SortedBlock): Generator<Buffer, number> {
  const { links, length } = block;
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let filled = 0;
  let crc = 0xffff_ffff;
  let place = (links[block.start] ?? 0) >>> 8;
  let previous = -1;
  let same = 0;
  for (let left = length; left > 0; left--) {
    const link = links[place] ?? 0;
    const byte = link & 0xff;
    place = link >>> 8;
    const isCount = same === RUN_LENGTH;
    const times = isCount ? byte : 1;
    const value = isCount ? previous : byte;
    for (let n = 0; n < times; n++) {
      crc = (crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ value] ?? 0);
      chunk[filled++] = value;
      if (filled === CHUNK_BYTES) {
        yield chunk;
        chunk = Buffer.allocUnsafe(CHUNK_BYTES);
        filled = 0;
      }
    }
    if (isCount) [previous, same] = [-1, 0];
    else if (byte === previous) same++;
    else [previous, same] = [byte, 1];
  }
  if (filled > 0) yield chunk.subarray(0, filled);
  return ~crc >>> 0;
}
