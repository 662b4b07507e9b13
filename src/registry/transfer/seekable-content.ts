import { BuildError } from '../../errors/index.ts';

/** Content that can be read from any place: what is asked for in order is read once, a step back starts it anew. */
export class SeekableContent {
  readonly #open: () => AsyncIterable<Uint8Array>;
  #reader: AsyncIterator<Uint8Array> | undefined;
  #position = 0;
  /** Read, but not asked for yet. */
  #rest: Uint8Array = new Uint8Array();

  /** `open` starts reading the content from its beginning, anew at each call. */
  constructor(open: () => AsyncIterable<Uint8Array>) {
    this.#open = open;
  }

  /** The bytes from `start` up to, but without, `end`. Throws CONTENT where the content ends before. */
  async *read(start: number, end: number): AsyncGenerator<Uint8Array> {
    if (start < this.#position) await this.close();
    while (this.#position < end) {
      const chunk = await this.#next();
      const from = Math.max(0, start - this.#position);
      const to = Math.min(chunk.length, end - this.#position);
      this.#rest = chunk.subarray(to);
      this.#position += to;
      if (from < to) yield chunk.subarray(from, to);
    }
  }

  /** Stops reading. The next call of `read` starts anew. */
  async close(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    this.#position = 0;
    this.#rest = new Uint8Array();
    await reader?.return?.();
  }

  async #next(): Promise<Uint8Array> {
    if (this.#rest.length > 0) return this.#rest;
    this.#reader ??= this.#open()[Symbol.asyncIterator]();
    const { done, value } = await this.#reader.next();
    if (done === true) throw new BuildError('CONTENT', `the content ends after ${this.#position} bytes`);
    return value;
  }
}
