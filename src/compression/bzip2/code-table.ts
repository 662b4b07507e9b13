import type { BitReader } from './bit-reader.ts';

/** Longest code a bzip2 file may use. */
export const MAX_CODE_BITS = 20;

/** A canonical Huffman code. */
export class CodeTable {
  /** By length: the first code, aligned to the left of MAX_CODE_BITS bits, that is too large for this length. */
  readonly #limits = new Int32Array(MAX_CODE_BITS + 1);
  /** By length: what to subtract from a code to get its place in `#symbols`. */
  readonly #offsets = new Int32Array(MAX_CODE_BITS + 1);
  readonly #symbols: Uint16Array;
  readonly #shortest: number;
  readonly #longest: number;

  /** `lengths` holds the bits of each symbol's code, 1 to MAX_CODE_BITS. */
  constructor(lengths: Uint8Array) {
    this.#symbols = sortedSymbols(lengths);
    this.#shortest = Math.min(...lengths);
    this.#longest = Math.max(...lengths);
    let code = 0;
    let place = 0;
    for (let bits = this.#shortest; bits <= this.#longest; bits++) {
      const count = lengths.reduce((sum, length) => sum + (length === bits ? 1 : 0), 0);
      this.#offsets[bits] = code - place;
      code += count;
      place += count;
      this.#limits[bits] = code << (MAX_CODE_BITS - bits);
      code <<= 1;
    }
  }

  /** The next symbol, or -1 where the bits are no code. */
  decode(reader: BitReader): number {
    const window = reader.peek(MAX_CODE_BITS);
    for (let bits = this.#shortest; bits <= this.#longest; bits++) {
      if (window < (this.#limits[bits] ?? 0)) {
        reader.skip(bits);
        const place = (window >>> (MAX_CODE_BITS - bits)) - (this.#offsets[bits] ?? 0);
        return this.#symbols[place] ?? -1;
      }
    }
    return -1;
  }
}

/** Symbols in the order of their codes: shorter codes first, then by value. */
function sortedSymbols(lengths: Uint8Array): Uint16Array {
  const symbols = Uint16Array.from(lengths.keys());
  return symbols.sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
}
