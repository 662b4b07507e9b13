import { BuildError, redact } from '../errors/index.ts';
import { createDispatchers, type Dispatchers } from './dispatchers.ts';
import { type HttpClient, type HttpRequest, type HttpResponse } from './http-port.ts';
import { CONNECT_TIMEOUT_MS, MAX_REDIRECTS } from './limits.ts';
import { toNetworkError } from './network-error.ts';
import { type Environment } from './proxy-choice.ts';
import { followRedirect, isRedirect } from './redirect.ts';
import { exchange } from './exchange.ts';

export interface HttpClientOptions {
  /** http_proxy, https_proxy and no_proxy are read from it. */
  readonly env: Environment;
  readonly connectTimeoutMs?: number | undefined;
}

/**
 * A client that sends one request at a time for each connection, follows redirects with care and never retries
 * (see withRetries). Extra CA certificates come by NODE_EXTRA_CA_CERTS, which node itself reads at start.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const dispatchers = createDispatchers(options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
  return {
    request: async (request) => send(withoutUserinfo(request), dispatchers, options.env),
    close: () => dispatchers.close(),
  };
}

async function send(first: HttpRequest, dispatchers: Dispatchers, env: Environment): Promise<HttpResponse> {
  const seen = new Set<string>();
  let request = first;
  for (;;) {
    const response = await exchange(request, dispatchers, env);
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
