import type { BlobSource } from './blob-store.ts';
import { verified } from './verified.ts';
import { BuildError } from '../errors/index.ts';
import type { Descriptor } from '../oci/index.ts';

/** A small blob whole, verified. Throws CONTENT where it is larger than `limitBytes` or does not match. */
export async function readBlob(
  source: BlobSource,
  descriptor: Descriptor,
  limitBytes: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  if (descriptor.size > limitBytes) {
    throw new BuildError(
      'CONTENT',
      `${descriptor.digest} (${descriptor.mediaType}) has ${descriptor.size} bytes; at most ${limitBytes} are read`,
    );
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of verified(descriptor, source.open(descriptor, signal))) chunks.push(chunk);
  return Buffer.concat(chunks);
}
