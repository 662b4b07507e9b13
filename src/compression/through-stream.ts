import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What comes out of a transforming stream that the chunks are fed to. */
export async function* throughStream(
  chunks: AsyncIterable<Uint8Array>,
  transform: Transform,
): AsyncGenerator<Uint8Array> {
  // A failure of the source destroys the transform with that error, which then ends the loop below.
  const fed = pipeline(Readable.from(chunks, { objectMode: false }), transform).catch(() => undefined);
  try {
    for await (const chunk of transform) yield chunk as Uint8Array;
  } finally {
    transform.destroy();
    await fed;
  }
}
