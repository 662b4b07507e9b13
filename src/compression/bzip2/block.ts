import type { BitReader } from './bit-reader.ts';
import { type BlockHeader, readBlockHeader } from './block-header.ts';
import { damaged } from './damaged.ts';

const GROUP_SIZE = 50;
const RUN_A = 0;
const RUN_B = 1;

/** A block as it was sorted: walk it from `start` along `next` to get its bytes in order. */
export interface SortedBlock {
  /** By place: the byte in the low 8 bits, the place of its follower above. */
  readonly links: Uint32Array;
  readonly length: number;
  readonly start: number;
}

/** Decodes a block up to the point where only the first run-length coding is left to undo. Throws ARCHIVE. */
export function readBlock(reader: BitReader, capacity: number): SortedBlock {
  const header = readBlockHeader(reader);
  const links = new Uint32Array(capacity);
  const length = decodeSymbols(reader, header, links);
  if (header.origin >= length) throw damaged('the block starts behind its end');
  linkUp(links, length);
  return { links, length, start: header.origin };
}

/** Undoes Huffman coding, run-length coding of zeros and move-to-front; returns the number of bytes. */
function decodeSymbols(reader: BitReader, header: BlockHeader, into: Uint32Array): number {
  const recent = Uint8Array.from(header.alphabet);
  const endOfBlock = recent.length + 1;
  let count = 0;
  let run = 0;
  let weight = 1;
  for (const selector of header.selectors) {
    const table = header.tables[selector];
    for (let left = GROUP_SIZE; left > 0; left--) {
      const symbol = table?.decode(reader) ?? -1;
      if (symbol < 0) throw damaged('unknown code');
      if (symbol === RUN_A || symbol === RUN_B) {
        run += weight << symbol;
        weight <<= 1;
        if (run > into.length) throw damaged('a run longer than its block');
        continue;
      }
      if (count + run > into.length) throw damaged('a block longer than announced');
      if (run > 0) into.fill(recent[0] ?? 0, count, count + run);
      count += run;
      [run, weight] = [0, 1];
      if (symbol === endOfBlock) return count;
      if (count === into.length) throw damaged('a block longer than announced');
      into[count++] = moveToFront(recent, symbol - 1);
    }
  }
  throw damaged('a block without an end');
}

function moveToFront(recent: Uint8Array, rank: number): number {
  const byte = recent[rank] ?? 0;
  recent.copyWithin(1, 0, rank);
  recent[0] = byte;
  return byte;
}

/** Undoes the Burrows-Wheeler transform: gives every place its follower. */
function linkUp(links: Uint32Array, length: number): void {
  const firsts = new Uint32Array(257);
  for (let at = 0; at < length; at++) firsts[((links[at] ?? 0) & 0xff) + 1]! += 1;
  for (let byte = 0; byte < 256; byte++) firsts[byte + 1]! += firsts[byte]!;
  for (let at = 0; at < length; at++) {
    const byte = (links[at] ?? 0) & 0xff;
    const place = firsts[byte]!++;
    links[place]! |= at << 8;
  }
}
