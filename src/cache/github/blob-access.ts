import { BuildError } from '../../errors/index.ts';
import {
  withRetries,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  type Waiting,
} from '../../http/index.ts';

/** How to speak to the blob storage that a cache service names. It never gets the token of the service. */
export interface BlobAccess {
  readonly http: HttpClient;
  readonly waiting: Waiting;
  /** The service that names the addresses: it cannot lead us to internal ones. */
  readonly service: string;
}

/** A version of Azure's protocol that takes blocks of any size used here. */
const PROTOCOL = '2021-12-02';
export const BLOB_RETRIES = { attempts: 3, baseMs: 300, maxMs: 2_000, retryAfterMaxMs: 5_000 };

/** Sends a request to blob storage, again where that may help. Returns the last answer, whatever its status. */
export function askBlobStorage(
  { http, waiting, service }: BlobAccess,
  request: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const headers = { 'x-ms-version': PROTOCOL, ...request.headers };
  const send = (): Promise<HttpResponse> =>
    http.request({ ...request, headers, signal, cameFrom: service, redirects: 'manual' });
  return withRetries(send, { policy: BLOB_RETRIES, waiting, signal });
}

/** NETWORK, with the status and Azure's own word for it. */
export async function blobFailure(what: string, response: HttpResponse): Promise<BuildError> {
  await response.discard();
  const code =
    response
      .header('x-ms-error-code')
      ?.replace(/[^A-Za-z]/g, '')
      .slice(0, 60) ?? '';
  return new BuildError('NETWORK', `${what}: status ${response.status} ${code}`.trim());
}
