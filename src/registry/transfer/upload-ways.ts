import { type HttpBody, type HttpResponse } from '../../http/index.ts';
import { type Descriptor } from '../../oci/index.ts';
import { type Attempt } from '../failure.ts';
import { type SeekableContent } from './seekable-content.ts';
import { withDigest } from './upload-location.ts';
import { follow, receivedBytes, type UploadSession } from './upload-session.ts';

/** GHCR takes no more than this in one PATCH that states its range; nobody is known to take less. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** Ways to send a blob, in the order they are tried when a registry refuses one. */
export const WAYS = ['whole', 'chunks', 'stream'] as const;
export type Way = (typeof WAYS)[number];

/** What an upload is made of. */
export interface Sending {
  readonly attempt: Attempt;
  readonly descriptor: Descriptor;
  /** Starts reading the content, anew at each call. */
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly content: SeekableContent;
  readonly scopes: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** All bytes in the PUT that ends the upload: the form nearly every registry takes, and the fewest requests. */
export function sendWhole(sending: Sending, session: UploadSession): Promise<HttpResponse> {
  const { descriptor, open } = sending;
  const body = descriptor.size === 0 ? new Uint8Array() : open;
  return finish(sending, session, body, descriptor.size);
}

/**
 * Chunk after chunk from where the session stands, each with its range; the last one in the PUT where `lastInPut`. Returns
 * the answer that ended it: of the PUT, or of a PATCH that was refused.
 */
export async function sendChunks(
  sending: Sending,
  session: UploadSession,
  lastInPut: boolean,
): Promise<HttpResponse> {
  const { size } = sending.descriptor;
  const length = Math.max(CHUNK_BYTES, session.minChunk);
  while (session.offset < size) {
    const start = session.offset;
    const end = Math.min(start + length, size);
    const body = (): AsyncIterable<Uint8Array> => sending.content.read(start, end);
    if (end === size && lastInPut) return finish(sending, session, body, end - start);
    const headers = { 'content-range': `${start}-${end - 1}` };
    const response = await patch(sending, session, { headers, body, bodyLength: end - start });
    if (!isTaken(response)) return response;
    await advance(response, sending, session, end);
  }
  return finish(sending, session, new Uint8Array(), 0);
}

/** All bytes in one PATCH without a range, then an empty PUT: docker's own way. */
export async function sendStream(sending: Sending, session: UploadSession): Promise<HttpResponse> {
  const { descriptor, open } = sending;
  const response = await patch(sending, session, { headers: {}, body: open, bodyLength: descriptor.size });
  if (!isTaken(response)) return response;
  await advance(response, sending, session, descriptor.size);
  return finish(sending, session, new Uint8Array(), 0);
}

/** True for the answer to a PATCH that was taken. */
function isTaken({ status }: HttpResponse): boolean {
  return status === 202 || status === 201 || status === 204 || status === 200;
}

/**
 * What was sent counts as taken, whatever Range says: there are registries whose Range stands still (ECR). One that really
 * took less refuses the next chunk or the end, and is asked then.
 */
async function advance(
  response: HttpResponse,
  { attempt, signal }: Sending,
  session: UploadSession,
  end: number,
): Promise<void> {
  await response.discard();
  await follow(response, session, attempt, signal);
  session.offset = end;
  const received = receivedBytes(response);
  session.claimed = received !== undefined && received < end ? received : undefined;
}

function patch(
  { attempt, scopes, signal }: Sending,
  session: UploadSession,
  part: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: HttpBody;
    readonly bodyLength: number;
  },
): Promise<HttpResponse> {
  return attempt.connection.send({
    method: 'PATCH',
    target: session.location.href,
    ...part,
    headers: { ...part.headers, 'content-type': 'application/octet-stream' },
    scopes,
    signal,
    retries: 'none',
  });
}

function finish(
  { attempt, descriptor, scopes, signal }: Sending,
  session: UploadSession,
  body: HttpBody,
  bodyLength: number,
): Promise<HttpResponse> {
  return attempt.connection.send({
    method: 'PUT',
    target: withDigest(session.location, descriptor.digest),
    headers: { 'content-type': 'application/octet-stream' },
    body,
    bodyLength,
    scopes,
    signal,
    retries: 'none',
  });
}
