/** Chunks as they come, read by the number of bytes a decoder asks for. */
export class ByteQueue {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** What was read and not consumed yet. */
  get held(): Buffer {
    return this.#held;
  }

  /** Reads on until `bytes` bytes are held or the input is at its end; returns how many are held, which may be more. */
  async fill(bytes: number): Promise<number> {
    if (this.#held.length >= bytes || this.#ended) return this.#held.length;
    const parts = [this.#held];
    let total = this.#held.length;
    while (total < bytes && !this.#ended) {
      const next = await this.#chunks.next();
      if (next.done === true) this.#ended = true;
      else {
        parts.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength));
        total += next.value.byteLength;
      }
    }
    this.#held = Buffer.concat(parts);
    return total;
  }

  /** Takes the first bytes of what is held. */
  consume(bytes: number): Buffer {
    const taken = this.#held.subarray(0, bytes);
    this.#held = this.#held.subarray(bytes);
    return taken;
  }

  /** The rest, chunk by chunk. Closes the source when it is left early. */
  async *rest(): AsyncGenerator<Uint8Array> {
    try {
      if (this.#held.length > 0) yield this.consume(this.#held.length);
      while (!this.#ended) {
        const next = await this.#chunks.next();
        if (next.done === true) this.#ended = true;
        else yield next.value;
      }
    } finally {
      await this.close();
    }
  }

  /** Tells the source that nothing more is wanted. */
  async close(): Promise<void> {
    if (!this.#ended) await this.#chunks.return?.();
    this.#ended = true;
  }
}
