import { Readable } from 'node:stream';
import { request as undiciRequest, type Dispatcher } from 'undici';
import { checkLiteral, reachFrom, type Reach } from './destination-guard.ts';
import { type Dispatchers } from './dispatchers.ts';
import { type HttpBody, type HttpRequest, type HttpResponse } from './http-port.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from './limits.ts';
import { toNetworkError } from './network-error.ts';
import { proxyFor, type Environment } from './proxy-choice.ts';
import { createResponse } from './response.ts';

/** One request and its answer, without redirects. */
export async function exchange(
  request: HttpRequest,
  dispatchers: Dispatchers,
  env: Environment,
): Promise<HttpResponse> {
  const url = new URL(request.url);
  const reach = await reachOf(request, url);
  checkLiteral(url, reach);
  const route = { proxy: proxyFor(url, env), verifyTls: request.verifyTls ?? true, reach };
  try {
    const data = await undiciRequest(request.url, {
      dispatcher: dispatchers.of(route),
      method: request.method as Dispatcher.HttpMethod,
      headers: requestHeaders(request),
      body: requestBody(request.body),
      headersTimeout: request.body === undefined ? READ_TIMEOUT_MS : WRITE_TIMEOUT_MS,
      signal: request.signal ?? null,
    });
    return createResponse(data, request, request.url);
  } catch (error) {
    throw toNetworkError(error, request);
  }
}

async function reachOf(request: HttpRequest, url: URL): Promise<Reach> {
  return request.cameFrom === undefined ? 'anywhere' : reachFrom(new URL(request.cameFrom), url);
}

/** Content is asked for as it is: digests are of the bytes on the wire. */
function requestHeaders(request: HttpRequest): Record<string, string> {
  const given = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  const streamed = typeof request.body === 'function' && request.bodyLength !== undefined;
  return {
    'user-agent': 'ts-kaniko',
    'accept-encoding': 'identity',
    ...(Object.fromEntries(given) as Record<string, string>),
    ...(streamed ? { 'content-length': String(request.bodyLength) } : {}),
  };
}

function requestBody(body: HttpBody | undefined): Buffer | Readable | null {
  if (body === undefined) return null;
  if (typeof body === 'function') return Readable.from(body(), { objectMode: false });
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}
