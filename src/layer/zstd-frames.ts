import { BuildError } from '../errors/index.ts';

/** RFC 8878, magic numbers of data frames and of the sixteen kinds of skippable frames. */
const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;
const CHECKSUM_BYTES = 4;
const RLE_BLOCK = 1;

/** True where these four bytes, read in little-endian order, begin a zstd frame of any kind. */
export function isZstdMagic(magic: number): boolean {
  return magic === FRAME_MAGIC || isSkippable(magic);
}

function isSkippable(magic: number): boolean {
  return (magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC;
}

/** A wish of the walk through frames: bytes to see, bytes to pass over, or a cut. */
type Step = { readonly see: number } | { readonly pass: number } | 'cut';

/**
 * Cuts a zstd stream so that no piece spans two frames: Node's decompressor drops what follows a frame within the same
 * chunk, and layers of many frames are common (zstd:chunked, pzstd). Only lengths are read here; whether a frame is
 * sound is for the decompressor to say.
 */
export class ZstdFrameCutter {
  readonly #walk = walkFrames();
  #step: Step = 'cut';
  /** Bytes of the present step still to come. */
  #left = 0;
  #seen: Buffer[] = [];

  constructor() {
    this.#next();
  }

  /** The pieces of a chunk, in order. Throws ARCHIVE where no frame begins at a frame's end. */
  *cut(chunk: Buffer): Generator<Buffer> {
    let start = 0;
    for (let at = 0; at < chunk.length;) {
      const end = Math.min(chunk.length, at + this.#left);
      if (typeof this.#step === 'object' && 'see' in this.#step) this.#seen.push(chunk.subarray(at, end));
      this.#left -= end - at;
      at = end;
      while (this.#left === 0) {
        if (!this.#next()) continue;
        yield chunk.subarray(start, at);
        start = at;
      }
    }
    if (start < chunk.length) yield chunk.subarray(start);
  }

  /** Moves on to the next step; true where it is a cut, which takes no bytes. */
  #next(): boolean {
    const seen = Buffer.concat(this.#seen);
    this.#seen = [];
    const { value } = this.#walk.next(seen);
    this.#step = value;
    if (value === 'cut') return true;
    this.#left = 'see' in value ? value.see : value.pass;
    return false;
  }
}

function* walkFrames(): Generator<Step, never, Buffer> {
  for (;;) {
    const magic = (yield { see: 4 }).readUInt32LE(0);
    if (isSkippable(magic)) yield { pass: (yield { see: 4 }).readUInt32LE(0) };
    else if (magic === FRAME_MAGIC) yield* walkDataFrame();
    else throw new BuildError('ARCHIVE', 'the layer has bytes after its last zstd frame that are none');
    yield 'cut';
  }
}

function* walkDataFrame(): Generator<Step, void, Buffer> {
  const descriptor = (yield { see: 1 }).readUInt8(0);
  yield { pass: frameHeaderBytes(descriptor) };
  for (let isLast = false; !isLast;) {
    const block = (yield { see: 3 }).readUIntLE(0, 3);
    isLast = (block & 1) === 1;
    const type = (block >> 1) & 3;
    yield { pass: type === RLE_BLOCK ? 1 : block >> 3 };
  }
  if ((descriptor & 4) !== 0) yield { pass: CHECKSUM_BYTES };
}

/** What follows the descriptor: window, dictionary ID and content size; RFC 8878, 3.1.1.1. */
function frameHeaderBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return (isSingleSegment ? 0 : 1) + dictionary + contentSize;
}
