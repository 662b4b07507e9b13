import { closeSync, constants, openSync, readSync } from 'node:fs';
import { type BytePath, toFs, toText } from '../../bytes/index.ts';
import { BuildError } from '../../errors/index.ts';
import type { ContentSource } from '../../tar/index.ts';

const CHUNK_BYTES = 1 << 18;

/**
 * The bytes of a file, piece by piece; a chunk stays valid. A name that became a link or a pipe meanwhile is not
 * followed or waited for. Throws CONTEXT where the file cannot be opened.
 */
export async function* readContent(source: ContentSource, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  if (source.kind === 'bytes') {
    yield source.bytes;
    return;
  }
  const descriptor = open(source.path);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const length = readSync(descriptor, chunk, 0, CHUNK_BYTES, null);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}

function open(path: BytePath): number {
  try {
    return openSync(toFs(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new BuildError('CONTEXT', `cannot open ${toText(path)}: ${code}`, {
      cause: error,
      hint: 'check the permissions of the file',
    });
  }
}
