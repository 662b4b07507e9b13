import { type Dispatcher } from './undici.ts';
import { BuildError, redact } from '../errors/index.ts';
import { type HttpRequest, type HttpResponse } from './http-port.ts';
import { MAX_DISCARD_BYTES, type Timeouts } from './limits.ts';
import { toNetworkError } from './network-error.ts';
import { keepingPace } from './stalls.ts';

/** undici's answer as ours. */
export function createResponse(
  data: Dispatcher.ResponseData,
  request: Pick<HttpRequest, 'method' | 'signal'>,
  url: string,
  { bodyMs }: Timeouts,
): HttpResponse {
  const body = readable(data.body, { ...request, url }, bodyMs);
  const bytes = (limit: number): Promise<Buffer> => collect(body, limit, url);
  return {
    status: data.statusCode,
    url,
    body,
    header: (name) => headerValue(data.headers, name),
    bytes,
    text: async (limit) => (await bytes(limit)).toString('utf8'),
    discard: () => discard(data.body),
  };
}

/** The value of a header, several joined. */
function headerValue(headers: Dispatcher.ResponseData['headers'], name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Reads a little of what is left, so that the connection can be used again, and drops the rest. */
async function discard(body: Dispatcher.ResponseData['body']): Promise<void> {
  // A body that breaks off while nobody wants it is no failure.
  body.on('error', () => undefined);
  await body.dump({ limit: MAX_DISCARD_BYTES }).catch(() => undefined);
}

async function* readable(
  body: Dispatcher.ResponseData['body'],
  request: Pick<HttpRequest, 'method' | 'signal' | 'url'>,
  bodyMs: number,
): AsyncGenerator<Uint8Array> {
  try {
    yield* keepingPace(body, bodyMs);
  } catch (error) {
    throw toNetworkError(error, request);
  }
}

/** A body in one piece. Throws NETWORK where it has more than `limit` bytes. */
export async function collect(body: AsyncIterable<Uint8Array>, limit: number, url: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit)
      throw new BuildError('NETWORK', `the answer of ${redact(url)} has more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
