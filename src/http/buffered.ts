import { type HttpResponse } from './http-port.ts';
import { collect } from './response.ts';

/**
 * The same answer with its body here already, up to `limitBytes`: a connection that breaks does so now, where another
 * attempt is still possible. What is longer is read on from the connection.
 */
export async function buffered(response: HttpResponse, limitBytes: number): Promise<HttpResponse> {
  const reader = response.body[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  for (let size = 0; size <= limitBytes;) {
    const { done, value } = await reader.next();
    if (done === true) return withBody(response, replay(chunks));
    chunks.push(value);
    size += value.length;
  }
  return withBody(response, replay(chunks, reader));
}

function withBody(response: HttpResponse, body: AsyncIterable<Uint8Array>): HttpResponse {
  const bytes = (limitBytes: number): Promise<Buffer> => collect(body, limitBytes, response.url);
  return { ...response, body, bytes, text: async (limitBytes) => (await bytes(limitBytes)).toString('utf8') };
}

async function* replay(
  chunks: readonly Uint8Array[],
  rest?: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
    for (let next = await rest?.next(); next?.done === false; next = await rest?.next()) yield next.value;
  } finally {
    await rest?.return?.();
  }
}
