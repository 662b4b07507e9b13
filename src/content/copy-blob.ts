import type { BlobSource, BlobStore } from './blob-store.ts';
import type { Descriptor } from '../oci/index.ts';

export interface CopyBlobOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes of every chunk that moved. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** Copies a blob as a stream, unless it is there already; tells which of the two it was. */
export async function copyBlob(
  from: BlobSource,
  to: BlobStore,
  descriptor: Descriptor,
  options: CopyBlobOptions = {},
): Promise<'copied' | 'present'> {
  options.signal?.throwIfAborted();
  if (await to.has(descriptor)) return 'present';
  const chunks = from.open(descriptor, options.signal);
  const content = options.onBytes === undefined ? chunks : counted(chunks, options.onBytes);
  await to.put(descriptor, content, options.signal);
  return 'copied';
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onBytes(chunk.length);
    yield chunk;
  }
}
