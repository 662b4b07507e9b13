import { ByteQueue, decompress } from '../../compression/index.ts';
import { BuildError } from '../../errors/index.ts';
import { beginsTar, type ContentSource, TAR_HEAD_BYTES } from '../../tar/index.ts';
import { readContent } from './read-content.ts';

/**
 * Whether ADD unpacks a file: its content, decompressed where it is compressed, begins with a tar header; its name does
 * not matter. An empty archive is none. Reads no more than it takes to tell. Throws CONTEXT where it cannot be opened.
 */
export async function isArchive(content: ContentSource, signal?: AbortSignal): Promise<boolean> {
  const plain = new ByteQueue(decompress(readContent(content, signal)));
  try {
    await plain.fill(TAR_HEAD_BYTES);
    return beginsTar(plain.held);
  } catch (error) {
    // Not what its first bytes promise: an ordinary file.
    if (error instanceof BuildError && error.code === 'ARCHIVE') return false;
    throw error;
  } finally {
    await plain.close();
  }
}
