import { damaged, overLimit } from './archive-error.ts';
import { BLOCK_BYTES, paddingOf } from './format.ts';
import type { TarHandler } from './handler.ts';
import { readHeaderBlock, type HeaderBlock } from './header-block.ts';
import { DEFAULT_TAR_LIMITS, type TarLimits } from './limits.ts';
import { PendingHeaders, isExtendedHeader } from './pending-headers.ts';
import { readEntry } from './read-entry.ts';

const ZEROS = Buffer.alloc(BLOCK_BYTES);

/** Where the next byte belongs. */
type State = 'header' | 'extended' | 'data' | 'padding' | 'finished';

/**
 * Parses an archive pushed in chunks of any size and tells the handler what is in it, synchronously. Reads ustar, PAX,
 * GNU long names and numbers, star and v7 exactly as Go's archive/tar does, or throws ARCHIVE: an archive must not mean
 * one thing to us and another to the tools that run the image. An instance that has thrown is of no further use.
 */
export class TarParser {
  readonly #handler: TarHandler;
  readonly #limits: TarLimits;
  readonly #block = Buffer.allocUnsafe(BLOCK_BYTES);
  #filled = 0;
  #state: State = 'header';
  /** Bytes of data or padding still to come. */
  #left = 0;
  #padding = 0;
  #headers = 0;
  #zeroBlocks = 0;
  #pending: PendingHeaders;

  constructor(handler: TarHandler, options: { readonly limits?: Partial<TarLimits> } = {}) {
    this.#handler = handler;
    this.#limits = { ...DEFAULT_TAR_LIMITS, ...options.limits };
    this.#pending = new PendingHeaders(this.#limits);
  }

  /** Takes the next bytes of the archive; what comes after its end marker is ignored. Throws ARCHIVE. */
  write(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; at < bytes.length && this.#state !== 'finished';) at = this.#step(bytes, at);
  }

  /** The archive has no more bytes. Throws ARCHIVE where it is cut off; a missing end marker is fine. */
  finish(): void {
    const isCutOff = this.#filled > 0 || this.#state === 'data' || this.#state === 'extended';
    if (isCutOff) throw damaged('it ends in the middle of an entry');
    if (!this.#pending.isEmpty()) throw damaged('it ends after an extended header');
  }

  #step(bytes: Buffer, at: number): number {
    if (this.#state === 'header') return this.#collectHeader(bytes, at);
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    if (this.#state === 'data') this.#handler.data(bytes.subarray(at, end));
    else if (this.#state === 'extended') this.#pending.append(bytes.subarray(at, end));
    if (this.#left === 0) this.#sectionDone();
    return end;
  }

  #collectHeader(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + BLOCK_BYTES - this.#filled);
    if (end - at === BLOCK_BYTES) {
      this.#headerDone(bytes.subarray(at, end));
      return end;
    }
    bytes.copy(this.#block, this.#filled, at, end);
    this.#filled += end - at;
    if (this.#filled === BLOCK_BYTES) {
      this.#filled = 0;
      this.#headerDone(this.#block);
    }
    return end;
  }

  #headerDone(block: Buffer): void {
    if (block[0] === 0 && block.equals(ZEROS)) {
      this.#zeroBlocks += 1;
      if (this.#zeroBlocks === 2) this.#endMarker();
      return;
    }
    if (this.#zeroBlocks > 0) throw damaged('half an end marker stands in the middle');
    this.#headers += 1;
    if (this.#headers > this.#limits.headers)
      throw overLimit('it has too many entries', this.#limits.headers);
    const header = readHeaderBlock(block);
    if (isExtendedHeader(header)) this.#begin('extended', this.#pending.begin(header));
    else this.#beginEntry(header);
  }

  #endMarker(): void {
    if (!this.#pending.isEmpty()) throw damaged('it ends after an extended header');
    this.#state = 'finished';
  }

  #beginEntry(header: HeaderBlock): void {
    const entry = readEntry(header, this.#pending.take(), this.#limits);
    this.#handler.entry(entry);
    this.#begin('data', entry.size);
  }

  #begin(state: 'data' | 'extended', size: number): void {
    this.#state = state;
    this.#left = size;
    this.#padding = paddingOf(size);
    if (size === 0) this.#sectionDone();
  }

  #sectionDone(): void {
    const wasPadding = this.#state === 'padding';
    if (this.#state === 'data') this.#handler.end();
    else if (this.#state === 'extended') this.#pending.end();
    this.#left = wasPadding ? 0 : this.#padding;
    this.#state = this.#left === 0 ? 'header' : 'padding';
  }
}
