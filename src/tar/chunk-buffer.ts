/** Cuts what is appended into chunks of one size. A chunk handed out is never touched again. */
export class ChunkBuffer {
  readonly #size: number;
  #chunk: Buffer;
  #filled = 0;

  constructor(size: number) {
    this.#size = size;
    this.#chunk = Buffer.allocUnsafe(size);
  }

  /** Copies bytes in; yields each chunk that is full. */
  *append(bytes: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length;) {
      const into = this.room(bytes.length - at);
      into.set(bytes.subarray(at, at + into.length));
      at += into.length;
      yield* this.take(into.length);
    }
  }

  /** Free space to write into, never empty, at most `wanted` bytes; `take` then makes it part of the chunk. */
  room(wanted: number): Buffer {
    return this.#chunk.subarray(this.#filled, Math.min(this.#size, this.#filled + wanted));
  }

  /** Counts the first `length` bytes of the room as written; yields the chunk where that filled it. */
  *take(length: number): Generator<Uint8Array> {
    this.#filled += length;
    if (this.#filled < this.#size) return;
    const full = this.#chunk;
    this.#chunk = Buffer.allocUnsafe(this.#size);
    this.#filled = 0;
    yield full;
  }

  /** The last chunk, where anything is left for it. */
  *flush(): Generator<Uint8Array> {
    if (this.#filled > 0) yield this.#chunk.subarray(0, this.#filled);
    this.#filled = 0;
  }
}
