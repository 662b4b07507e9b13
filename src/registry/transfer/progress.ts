import { type Descriptor, digestHex, layerCompression } from '../../oci/index.ts';
import { type Reporter } from '../../report/index.ts';

/**
 * The same chunks; those of a layer are told to the reporter as they pass, and their end once it is reached. Other blobs
 * are too small to speak of. (Pushes are told by those who push: they know what need not be sent.)
 */
export function reportedPull(
  chunks: AsyncIterable<Uint8Array>,
  descriptor: Descriptor,
  reporter: Reporter,
): AsyncIterable<Uint8Array> {
  return layerCompression(descriptor.mediaType) === undefined
    ? chunks
    : reported(chunks, descriptor, reporter);
}

async function* reported(
  chunks: AsyncIterable<Uint8Array>,
  descriptor: Descriptor,
  reporter: Reporter,
): AsyncGenerator<Uint8Array> {
  // Digests as people know them: their first 12 digits.
  const what = `layer ${digestHex(descriptor.digest).slice(0, 12)}`;
  const transfer = { direction: 'pull', what, total: descriptor.size } as const;
  let done = 0;
  for await (const chunk of chunks) {
    done += chunk.length;
    reporter.transfer({ ...transfer, done });
    yield chunk;
  }
  reporter.transfer({ ...transfer, done, state: 'done' });
}
