import type { Digester } from '../../oci/index.ts';

/** The same chunks, counted into a digest as they pass. */
export async function* digested(
  chunks: AsyncIterable<Uint8Array>,
  digester: Digester,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    digester.update(chunk);
    yield chunk;
  }
}
