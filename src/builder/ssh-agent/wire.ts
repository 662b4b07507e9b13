/** The data types of the SSH protocols (RFC 4251, section 5). */

/** A number of four bytes. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A string: its length and its bytes. */
export function string(value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** A positive whole number, given as its bytes, the most significant first. */
export function mpint(value: Uint8Array): Buffer {
  let start = 0;
  while (start < value.length - 1 && value[start] === 0) start++;
  const bytes = Buffer.from(value.subarray(start));
  const isNegative = ((bytes[0] ?? 0) & 0x80) !== 0;
  return string(isNegative ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes);
}

/** Reads one value after the other. Throws RangeError where the bytes end too early. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes);
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  string(): Buffer {
    return this.take(this.uint32());
  }

  /** So many bytes as they are. */
  take(count: number): Buffer {
    if (this.#at + count > this.#bytes.length) throw new RangeError('the bytes end too early');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}
