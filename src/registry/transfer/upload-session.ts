import { type HttpResponse } from '../../http/index.ts';
import { type Descriptor } from '../../oci/index.ts';
import { registryFailure, type Attempt } from '../failure.ts';
import { uploadLocation } from './upload-location.ts';

/** An upload under way. */
export interface UploadSession {
  /** Where its next request goes. */
  location: URL;
  /** Bytes the registry has, as far as we know. */
  offset: number;
  /** What the registry last said it has, where that was less. */
  claimed: number | undefined;
  /** Bytes every chunk but the last must have at least. */
  readonly minChunk: number;
}

/**
 * Starts an upload; returns where its bytes go, or `stored` where the registry has the blob already. Throws REGISTRY_AUTH
 * where pushing is not allowed, REGISTRY where it does not say where.
 */
export async function startUpload(
  attempt: Attempt,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<UploadSession | 'stored'> {
  const response = await postUpload(attempt, '', scopes, signal);
  if (response.status === 201) {
    await response.discard();
    return 'stored';
  }
  if (response.status !== 202) throw await registryFailure(response, attempt);
  const minimum = /^\d{1,15}$/.exec(response.header('oci-chunk-min-length') ?? '')?.[0];
  const location = await locationOf(response, attempt, signal);
  return { location, offset: 0, claimed: undefined, minChunk: Number(minimum ?? 0) };
}

/**
 * Asks how much of an upload has arrived; true where it can go on from `session.offset`. False where the registry has
 * nothing, forgot it, or says what cannot be.
 */
export async function resync(
  attempt: Attempt,
  session: UploadSession,
  size: number,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> {
  const target = session.location.href;
  const response = await attempt.connection.send({ method: 'GET', target, scopes, signal, retries: 'none' });
  await response.discard();
  const received = receivedBytes(response);
  if (response.status >= 300 || received === undefined || received > size) return false;
  await follow(response, session, attempt, signal);
  session.offset = received;
  session.claimed = undefined;
  return true;
}

/** Bytes by the Range of an upload's answer, `0-N` or `bytes=0-N`; undefined for none. `0-0` is what empty ones say too. */
export function receivedBytes(response: HttpResponse): number | undefined {
  const [, last] = /^\s*(?:bytes[= ])?0-(\d{1,15})\s*$/.exec(response.header('range') ?? '') ?? [];
  return last === undefined || last === '0' ? undefined : Number(last) + 1;
}

/** Takes over the answer's Location, where it has one. */
export async function follow(
  response: HttpResponse,
  session: UploadSession,
  attempt: Attempt,
  signal?: AbortSignal,
): Promise<void> {
  if ((response.header('location') ?? '') === '') return;
  session.location = uploadLocation(response, await attempt.connection.base(signal), attempt);
}

/** Tells the registry that an upload will not be finished. Best effort: it would expire anyway. */
export async function cancelUpload(
  attempt: Attempt,
  session: UploadSession,
  scopes: readonly string[],
): Promise<void> {
  try {
    const target = session.location.href;
    const response = await attempt.connection.send({ method: 'DELETE', target, scopes, retries: 'none' });
    await response.discard();
  } catch {
    // Nothing depends on it.
  }
}

/**
 * Asks the registry to take a blob from another of its repositories; true where it did. Whatever else it answers, the
 * blob can still be uploaded: false.
 */
export async function mountBlob(
  attempt: Attempt,
  descriptor: Descriptor,
  from: string,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> {
  const query = `?mount=${encodeURIComponent(descriptor.digest)}&from=${encodeURIComponent(from)}`;
  const response = await postUpload(attempt, query, scopes, signal);
  if (response.status === 202) {
    const location = await locationOf(response, attempt, signal);
    await cancelUpload(attempt, { location, offset: 0, claimed: undefined, minChunk: 0 }, scopes);
  } else await response.discard();
  return response.status === 201;
}

function postUpload(
  { connection, repository }: Attempt,
  query: string,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<HttpResponse> {
  const target = `/v2/${repository}/blobs/uploads/${query}`;
  return connection.send({ method: 'POST', target, headers: { 'content-length': '0' }, scopes, signal });
}

async function locationOf(response: HttpResponse, attempt: Attempt, signal?: AbortSignal): Promise<URL> {
  await response.discard();
  return uploadLocation(response, await attempt.connection.base(signal), attempt);
}
