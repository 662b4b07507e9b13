import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { wrongSize } from './verified.ts';
import { BuildError, toBuildError } from '../errors/index.ts';
import type { Descriptor } from '../oci/index.ts';

/** Large enough that a read costs little beside hashing it, small enough that several streams stay cheap. */
const CHUNK_BYTES = 512 * 1024;

/** A link is refused, and a fifo somebody put there does not make us wait. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The bytes of a blob's file in chunks; each one is read on the thread pool while its predecessor is worked on. Throws
 * CONTENT where there is no such file or its size differs, FILESYSTEM where it cannot be read.
 */
export async function* readFileChunks(
  path: string,
  descriptor: Pick<Descriptor, 'digest' | 'size'>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await openBlob(path, descriptor);
  let ahead: Promise<Buffer> | undefined;
  try {
    await checkFile(handle, path, descriptor);
    for (let position = 0; position < descriptor.size;) {
      signal?.throwIfAborted();
      const chunk = await (ahead ?? readAt(handle, position, descriptor.size));
      if (chunk.length === 0) return;
      position += chunk.length;
      ahead = position < descriptor.size ? readAt(handle, position, descriptor.size) : undefined;
      // Its failure is met when the chunk is asked for; a reader who stops before that never asks.
      ahead?.catch(() => undefined);
      yield chunk;
    }
  } catch (error) {
    throw toBuildError(error);
  } finally {
    await ahead?.catch(() => undefined);
    await handle.close();
  }
}

async function openBlob(path: string, descriptor: Pick<Descriptor, 'digest'>): Promise<FileHandle> {
  try {
    return await open(path, OPEN_FLAGS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw toBuildError(error);
    throw new BuildError('CONTENT', `${descriptor.digest} is not in the store`, { cause: error });
  }
}

async function checkFile(
  handle: FileHandle,
  path: string,
  descriptor: Pick<Descriptor, 'digest' | 'size'>,
): Promise<void> {
  const stat = await handle.stat();
  if (!stat.isFile()) throw new BuildError('FILESYSTEM', `${path} is not a regular file`);
  if (stat.size !== descriptor.size) throw wrongSize(descriptor, String(stat.size));
}

/** Every chunk is a buffer of its own: readers may keep it (a socket's queue does). */
async function readAt(handle: FileHandle, position: number, size: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, size - position));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
  return buffer.subarray(0, bytesRead);
}
