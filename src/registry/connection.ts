import {
  buffered,
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
import { withProof, type Proof } from './auth/proof.ts';
import { withoutSecrets, type SecretWords } from './auth/secret-words.ts';
import { type CredentialStore } from './credentials/credential-store.ts';
import { type FoundCredential } from './credentials/credential.ts';
import { type Access, type Endpoint } from './endpoint.ts';
import { type BaseFinder } from './find-base.ts';

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
  /** Up to so many bytes of the answer are read at once, within reach of the retries. */
  readonly buffer?: number | undefined;
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
  /** Who we are to this registry, with the place that is known from; undefined where access is anonymous. */
  credential(signal?: AbortSignal): Promise<FoundCredential | undefined>;
  /** A text from outside without the secrets in use, which servers may quote. */
  conceal(text: string): string;
  readonly waiting: Waiting;
  /** For requests, and for layers as a whole. */
  readonly policies: { readonly requests: RetryPolicy; readonly layers: RetryPolicy };
}

export interface ConnectionOptions {
  readonly endpoint: Endpoint;
  /** Credentials may hold for some repositories of a registry only. */
  readonly repository: string;
  readonly access: Access;
  readonly http: HttpClient;
  readonly findBase: BaseFinder;
  readonly credentials: CredentialStore;
  readonly secrets: SecretWords;
  readonly reporter: Reporter;
  readonly waiting?: Waiting | undefined;
  /** Numbers of retries; the default policy's where absent. */
  readonly retries?: { readonly requests?: number | undefined; readonly layers?: number | undefined };
}

/** A connection that finds base address and credential at its first use. */
export function createConnection(options: ConnectionOptions): Connection {
  const { endpoint, repository, access, http, credentials, secrets, reporter } = options;
  const { waiting = realWaiting } = options;
  const { registry, verifyTls } = endpoint;
  const credential = (signal?: AbortSignal) => credentials.find({ registry, repository, access }, signal);
  const policies = {
    requests: withRetryCount(DEFAULT_RETRIES, options.retries?.requests),
    layers: withRetryCount(DEFAULT_RETRIES, options.retries?.layers),
  };
  const base = (signal?: AbortSignal): Promise<string> =>
    options.findBase(endpoint, policies.requests, signal);
  const authorizer = once(async (signal) =>
    createAuthorizer({
      registryBase: await base(signal),
      verifyTls,
      credential,
      http,
      waiting,
      secrets,
    }),
  );

  return {
    registry,
    waiting,
    policies,
    base,
    credential,
    conceal: secrets.hide,
    send: (request) =>
      send(request).catch((error: unknown) => Promise.reject(withoutSecrets(error, secrets) as Error)),
  };

  async function send(request: RegistryRequest): Promise<HttpResponse> {
    const { signal, retries = policies.requests } = request;
    const registryBase = await base(signal);
    const proof = await authorizer(signal);
    const attempt = async (): Promise<HttpResponse> => {
      const response = await sendOnce(request, registryBase, proof, verifyTls, http);
      return request.buffer === undefined ? response : buffered(response, request.buffer);
    };
    if (retries === 'none') return attempt();
    const onRetry = (reason: string, waitMs: number): void =>
      reporter.debug(secrets.hide(`${registry}: ${request.method} again in ${waitMs} ms: ${reason}`));
    return withRetries(attempt, { policy: retries, waiting, signal, onRetry });
  }
}

/** Proofs sent for one request at most: one, and one that allows more. */
const MAX_ROUNDS = 2;

/** Sends, and again with proof where the registry itself asks for it. Other origins are never told who we are. */
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
  const { headers } = request;
  const plain = { method, url: url.href, headers, body, bodyLength, signal, verifyTls, cameFrom };
  const send = (proof: Proof | undefined): Promise<HttpResponse> => http.request(withProof(plain, proof));
  if (!own) return send(undefined);
  let sent = await authorizer.proof(scopes, signal);
  let response = await send(sent);
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const challenge = challengeOf(response, url.origin);
    if (challenge === undefined) return response;
    const isNews = authorizer.learn(challenge, scopes, sent);
    // The first time a token may have run out; after that only a wider one can help.
    if (round > 1 && !isNews) return response;
    const proof = await authorizer.proof(scopes, signal);
    if (proof === undefined || proof.authorization === sent?.authorization) return response;
    await response.discard();
    sent = proof;
    response = await send(proof);
  }
  return response;
}

/** What a registry that says 401 asks for; undefined where it says nothing, or somebody else does. */
function challengeOf(response: HttpResponse, origin: string): string | undefined {
  if (response.status !== 401 || new URL(response.url).origin !== origin) return undefined;
  return response.header('www-authenticate');
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
