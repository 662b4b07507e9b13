import { BuildError } from '../../errors/index.ts';
import { RETRYABLE_STATUSES, retrying, type HttpResponse } from '../../http/index.ts';
import { type Descriptor } from '../../oci/index.ts';
import { registryFailure, type Attempt } from '../failure.ts';
import { checkStatedDigest } from '../stated-digest.ts';
import { withDigest } from './upload-location.ts';
import { startUpload } from './upload-session.ts';

export interface BlobUpload {
  readonly descriptor: Descriptor;
  /** Starts reading the content, anew at each call. */
  readonly open: () => AsyncIterable<Uint8Array>;
  /** False where `open` works once only; a broken upload is not repeated then. */
  readonly repeatable: boolean;
}

/**
 * Uploads a blob in one piece, the form every registry takes: POST for a place, PUT with all bytes and the digest. Where
 * the connection breaks, or the registry forgot the upload, it starts over, unless the blob has arrived after all.
 */
export async function uploadBlob(
  attempt: Attempt,
  upload: BlobUpload,
  has: () => Promise<boolean>,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const { waiting, policies } = attempt.connection;
  const policy = upload.repeatable ? policies.requests : { ...policies.requests, attempts: 1 };
  const response = await retrying(
    async (count) =>
      count > 1 && (await has().catch(exhausted)) ? undefined : putOnce(attempt, upload, scopes, signal),
    { waiting, signal, policy },
    async (answer, _now, mayRetry) => {
      if (answer === undefined || !isPassing(answer) || !mayRetry(undefined)) return undefined;
      await answer.discard();
      return { reason: `status ${answer.status}`, waitMs: undefined };
    },
  );
  if (response === undefined) return;
  if (response.status !== 201 && response.status !== 200 && response.status !== 204)
    throw await registryFailure(response, attempt);
  await response.discard();
  checkStatedDigest(response, upload.descriptor.digest, attempt);
}

async function putOnce(
  attempt: Attempt,
  { descriptor, open }: BlobUpload,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<HttpResponse> {
  const location = await startUpload(attempt, scopes, signal).catch(exhausted);
  return attempt.connection.send({
    method: 'PUT',
    target: withDigest(location, descriptor.digest),
    headers: { 'content-type': 'application/octet-stream' },
    body: descriptor.size === 0 ? new Uint8Array() : open,
    bodyLength: descriptor.size,
    scopes,
    signal,
    retries: 'none',
  });
}

/** 404 and 416: the registry lost the upload, or part of it. */
function isPassing({ status }: HttpResponse): boolean {
  return RETRYABLE_STATUSES.has(status) || status === 404 || status === 416;
}

/** Requests that make their own attempts have made them all: without its cause their failure counts as lasting. */
function exhausted(error: unknown): never {
  if (!(error instanceof BuildError) || error.code !== 'NETWORK') throw error;
  throw new BuildError('NETWORK', error.message, { hint: error.hint });
}
