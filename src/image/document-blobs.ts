import type { Image } from './image.ts';
import type { Descriptor } from '../oci/index.ts';

/** Bytes in memory as a blob's stream. */
export async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The layers' descriptors in order, each digest once: an image may hold the same layer several times. */
export function distinctLayers(image: Image): readonly Descriptor[] {
  return [...new Map(image.layers.map(({ descriptor }) => [descriptor.digest, descriptor])).values()];
}
