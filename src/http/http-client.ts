import { BuildError, redact } from '../errors/index.ts';
import { createDispatchers } from './dispatchers.ts';
import { type HttpClient, type HttpRequest, type HttpResponse } from './http-port.ts';
import { DEFAULT_TIMEOUTS, MAX_REDIRECTS, type Timeouts } from './limits.ts';
import { toNetworkError } from './network-error.ts';
import { type Environment } from './proxy-choice.ts';
import { followRedirect, isRedirect } from './redirect.ts';
import { exchange, type Exchanges } from './exchange.ts';
import { NODE_TRUST, type TlsMaterialOf } from './tls-material.ts';

export interface HttpClientOptions {
  /** http_proxy, https_proxy and no_proxy are read from it. */
  readonly env: Environment;
  /** What hosts are trusted by, and what they are shown; node's own certificates where absent. */
  readonly materialOf?: TlsMaterialOf | undefined;
  readonly timeouts?: Partial<Timeouts> | undefined;
}

/**
 * A client that sends one request at a time for each connection, follows redirects with care and never retries
 * (see withRetries).
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { env, materialOf = () => NODE_TRUST } = options;
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const dispatchers = createDispatchers(timeouts);
  const exchanges = { dispatchers, env, timeouts, materialOf };
  return {
    request: async (request) => send(withoutUserinfo(request), exchanges),
    close: () => dispatchers.close(),
  };
}

async function send(first: HttpRequest, exchanges: Exchanges): Promise<HttpResponse> {
  const seen = new Set<string>();
  let request = first;
  for (;;) {
    const response = await exchange(request, exchanges);
    const location = response.header('location');
    if (request.redirects === 'manual' || !isRedirect(response.status, location)) return response;
    await response.discard();
    seen.add(`${request.method} ${request.url}`);
    request = followRedirect(request, response.status, location);
    if (seen.has(`${request.method} ${request.url}`) || seen.size > MAX_REDIRECTS)
      throw new BuildError('NETWORK', `${redact(first.url)} redirects without end`);
  }
}

function withoutUserinfo(request: HttpRequest): HttpRequest {
  if (!URL.canParse(request.url)) throw toNetworkError(new Error('no web address'), request);
  const url = new URL(request.url);
  if (url.username === '' && url.password === '') return request;
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  return { ...request, url: url.href, headers: { authorization, ...request.headers } };
}
