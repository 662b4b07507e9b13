import { Readable } from 'node:stream';
import { type Dispatcher } from './undici.ts';
import { checkLiteral, reachFrom, type Reach } from './destination-guard.ts';
import { type Dispatchers } from './dispatchers.ts';
import { type HttpBody, type HttpRequest, type HttpResponse } from './http-port.ts';
import { type Timeouts } from './limits.ts';
import { toNetworkError } from './network-error.ts';
import { proxyFor, type Environment } from './proxy-choice.ts';
import { createResponse } from './response.ts';
import { watchingTaker } from './stalls.ts';
import { NODE_TRUST, type TlsMaterialOf } from './tls-material.ts';

/** What all requests of a client have in common. */
export interface Exchanges {
  readonly dispatchers: Dispatchers;
  readonly env: Environment;
  readonly timeouts: Timeouts;
  readonly materialOf: TlsMaterialOf;
}

/** One request and its answer, without redirects. */
export async function exchange(request: HttpRequest, exchanges: Exchanges): Promise<HttpResponse> {
  const { dispatchers, timeouts } = exchanges;
  const url = new URL(request.url);
  const stall = new AbortController();
  const signal =
    request.signal === undefined ? stall.signal : AbortSignal.any([request.signal, stall.signal]);
  try {
    const dispatcher = dispatchers.of(await routeOf(request, url, exchanges));
    const data = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.method as Dispatcher.HttpMethod,
      headers: requestHeaders(request),
      body: requestBody(request.body, timeouts, (reason) => stall.abort(reason)),
      headersTimeout: request.body === undefined ? timeouts.answerMs : timeouts.uploadAnswerMs,
      // undici would close the connection after every HEAD, and a handshake would follow.
      reset: false,
      signal,
    });
    return createResponse(data, request, request.url, timeouts);
  } catch (error) {
    throw toNetworkError(error, request);
  }
}

async function routeOf(
  request: HttpRequest,
  url: URL,
  { env, materialOf }: Exchanges,
): Promise<Parameters<Dispatchers['of']>[0]> {
  const reach = await reachOf(request, url);
  checkLiteral(url, reach);
  const proxy = request.proxy === 'none' ? undefined : proxyFor(url, env);
  const trust = ({ protocol, host }: URL) => (protocol === 'https:' ? materialOf(host) : NODE_TRUST);
  const material = trust(url);
  const proxyMaterial = proxy === undefined ? NODE_TRUST : trust(new URL(proxy));
  return { proxy, verifyTls: request.verifyTls ?? true, reach, material, proxyMaterial };
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

function requestBody(
  body: HttpBody | undefined,
  { bodyMs }: Timeouts,
  onStall: (reason: Error) => void,
): Buffer | Readable | null {
  if (body === undefined) return null;
  if (typeof body === 'function')
    return Readable.from(watchingTaker(body(), bodyMs, onStall), { objectMode: false });
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}
