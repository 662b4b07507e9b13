import {
  DEFAULT_RETRIES,
  realWaiting,
  withRetries,
  withRetryCount,
  type HttpBody,
  type HttpClient,
  type HttpResponse,
  type RetryPolicy,
  type Waiting,
} from '../http/index.ts';
import { type Reporter } from '../report/index.ts';
import { createAuthorizer, type Authorizer } from './auth/authorizer.ts';
import { type CredentialSource } from './credentials/credential-source.ts';
import { type FoundCredential } from './credentials/credential.ts';
import { type Endpoint } from './endpoint.ts';
import { findBase } from './find-base.ts';

/** A request to a registry. */
interface RegistryRequest {
  readonly method: string;
  /** A path from the registry's root, or a whole address (an upload's). */
  readonly target: string;
  readonly scopes: readonly string[];
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: HttpBody | undefined;
  readonly bodyLength?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The connection's own where absent; none where the caller repeats the whole operation himself. */
  readonly retries?: RetryPolicy | 'none' | undefined;
}

/** One repository's registry, with its credential: sends requests, proves who we are, retries. */
export interface Connection {
  readonly registry: string;
  /** Any status is a success. */
  send(request: RegistryRequest): Promise<HttpResponse>;
  /** Base address, such as `https://ghcr.io`. */
  base(signal?: AbortSignal): Promise<string>;
  credential(signal?: AbortSignal): Promise<FoundCredential | undefined>;
  readonly waiting: Waiting;
  /** For requests, and for layers as a whole. */
  readonly policies: { readonly requests: RetryPolicy; readonly layers: RetryPolicy };
}

export interface ConnectionOptions {
  readonly endpoint: Endpoint;
  /** Credentials may hold for some repositories of a registry only. */
  readonly repository: string;
  readonly http: HttpClient;
  readonly credentials: CredentialSource;
  readonly reporter: Reporter;
  readonly waiting?: Waiting | undefined;
  /** Numbers of retries; the default policy's where absent. */
  readonly retries?: { readonly requests?: number | undefined; readonly layers?: number | undefined };
}

/** A connection that finds base address and credential at its first use. */
export function createConnection(options: ConnectionOptions): Connection {
  const { endpoint, repository, http, credentials, reporter, waiting = realWaiting } = options;
  const { registry, verifyTls } = endpoint;
  const credential = (signal?: AbortSignal) => credentials.find(registry, repository, signal);
  const base = once((signal) => findBase(endpoint, http, signal));
  const authorizer = once(async (signal) =>
    createAuthorizer({
      registryBase: await base(signal),
      verifyTls,
      credential: await credential(signal),
      http,
      waiting,
    }),
  );
  const policies = {
    requests: withRetryCount(DEFAULT_RETRIES, options.retries?.requests),
    layers: withRetryCount(DEFAULT_RETRIES, options.retries?.layers),
  };

  return {
    registry,
    waiting,
    policies,
    base,
    credential,
    async send(request) {
      const { signal, retries = policies.requests } = request;
      const registryBase = await base(signal);
      const proof = await authorizer(signal);
      const attempt = () => sendOnce(request, registryBase, proof, verifyTls, http);
      if (retries === 'none') return attempt();
      const onRetry = (reason: string, waitMs: number): void =>
        reporter.debug(`${registry}: ${request.method} again in ${waitMs} ms: ${reason}`);
      return withRetries(attempt, { policy: retries, waiting, signal, onRetry });
    },
  };
}

/** Sends, and once more with proof where the registry itself asks for it. Credentials go to its own origin only. */
async function sendOnce(
  request: RegistryRequest,
  base: string,
  authorizer: Authorizer,
  verifyTls: boolean,
  http: HttpClient,
): Promise<HttpResponse> {
  const { target, scopes, method, body, bodyLength, signal } = request;
  const url = new URL(target, base);
  const own = url.origin === new URL(base).origin;
  const cameFrom = own ? undefined : base;
  const send = (authorization: string | undefined): Promise<HttpResponse> => {
    const headers = { ...request.headers, ...(authorization === undefined ? {} : { authorization }) };
    return http.request({ method, url: url.href, headers, body, bodyLength, signal, verifyTls, cameFrom });
  };
  if (!own) return send(undefined);
  const sent = await authorizer.header(scopes, signal);
  const response = await send(sent);
  const challenge = response.header('www-authenticate');
  const asked =
    response.status === 401 && challenge !== undefined && new URL(response.url).origin === url.origin;
  if (!asked) return response;
  authorizer.learn(challenge, scopes, sent);
  const proof = await authorizer.header(scopes, signal);
  if (proof === undefined || proof === sent) return response;
  await response.discard();
  return send(proof);
}

/** The work's result, kept once it succeeded. */
function once<T>(work: (signal?: AbortSignal) => Promise<T>): (signal?: AbortSignal) => Promise<T> {
  let result: Promise<T> | undefined;
  return (signal) => {
    if (result === undefined) {
      const started = work(signal);
      result = started;
      started.catch(() => (result = undefined));
    }
    return result;
  };
}
