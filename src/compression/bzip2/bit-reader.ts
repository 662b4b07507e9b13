/** Reads a buffer bit by bit, the most significant bit of a byte first. Past the end come zeros: ask `overrun`. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** True where more bits were taken than there are. */
  get overrun(): boolean {
    return this.#position > this.#bytes.length * 8;
  }

  get bitPosition(): number {
    return this.#position;
  }

  /** Whole bytes that were begun. */
  get bytesUsed(): number {
    return Math.ceil(this.#position / 8);
  }

  /** The next bits, at most 24, without taking them. */
  peek(bits: number): number {
    const at = this.#position >> 3;
    const bytes = this.#bytes;
    const word =
      ((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0);
    return (word << (this.#position & 7)) >>> (32 - bits);
  }

  skip(bits: number): void {
    this.#position += bits;
  }

  /** Takes the next bits, 1 to 24. */
  read(bits: number): number {
    const value = this.peek(bits);
    this.#position += bits;
    return value;
  }

  /** Takes 32 bits, as an unsigned number. */
  read32(): number {
    const high = this.read(16);
    return high * 0x10000 + this.read(16);
  }
}
