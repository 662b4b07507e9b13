import { digestOf, type Descriptor } from '../oci/index.ts';

/** The descriptor of a document in memory. */
export function describe(mediaType: string, bytes: Buffer): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** Bytes in memory as a blob's stream. */
export async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
