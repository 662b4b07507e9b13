import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import xz from 'xz-decompress';
import { BuildError } from '../errors/index.ts';
import type { ByteQueue } from './byte-queue.ts';

/** Codes of the decoder (xz-embedded's enum xz_ret) that tell of a feature it lacks, not of damage. */
const UNSUPPORTED_CODES: Readonly<Record<string, string>> = {
  '2': 'its checksum is of a kind that is not supported',
  '4': 'its dictionary is larger than 64 MiB',
  '6': 'it uses filters or a checksum that are not supported',
};

/** The plain bytes of an xz file. Throws ARCHIVE for damaged data, UNSUPPORTED for rare features of the format. */
export async function* unxz(input: ByteQueue): AsyncGenerator<Uint8Array> {
  const compressed = Readable.toWeb(Readable.from(input.rest(), { objectMode: false }));
  const plain = new xz.XzReadableStream(compressed as unknown as ReadableStream<Uint8Array>);
  try {
    for await (const chunk of plain as unknown as WebStream<Uint8Array>) if (chunk.length > 0) yield chunk;
  } catch (error) {
    throw explained(error);
  }
}

function explained(error: unknown): unknown {
  const code = error instanceof Error ? /error code (\d+)$/.exec(error.message)?.[1] : undefined;
  if (code === undefined) return error;
  const unsupported = UNSUPPORTED_CODES[code];
  if (unsupported === undefined)
    return new BuildError('ARCHIVE', 'damaged compressed data: the xz stream is corrupt or cut off');
  return new BuildError('UNSUPPORTED', `this xz file cannot be unpacked: ${unsupported}`, {
    hint: 'compress the archive anew with plain xz, gzip or zstd',
  });
}
