import { type HttpResponse } from '../../http/index.ts';
import { type Descriptor } from '../../oci/index.ts';
import { registryFailure, type Attempt } from '../failure.ts';
import { uploadLocation } from './upload-location.ts';

/** Starts an upload; returns where its bytes go. Throws REGISTRY_AUTH where pushing is not allowed. */
export async function startUpload(
  attempt: Attempt,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<URL> {
  const response = await postUpload(attempt, '', scopes, signal);
  if (response.status !== 202) throw await registryFailure(response, attempt);
  return locationOf(response, attempt, signal);
}

/** Tells the registry that an upload will not be finished. Best effort: it would expire anyway. */
export async function cancelUpload(
  attempt: Attempt,
  location: URL,
  scopes: readonly string[],
): Promise<void> {
  try {
    const target = location.href;
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
  if (response.status === 202)
    await cancelUpload(attempt, await locationOf(response, attempt, signal), scopes);
  else await response.discard();
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
