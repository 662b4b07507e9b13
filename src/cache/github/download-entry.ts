import { BuildError } from '../../errors/index.ts';
import { retrying, type HttpResponse } from '../../http/index.ts';
import { askBlobStorage, blobFailure, BLOB_RETRIES, type BlobAccess } from './blob-access.ts';
import { BLOCK_BYTES, BLOCK_TIMEOUT_MS, CONCURRENT_BLOCKS } from './limits.ts';
import { checkSignedUrl } from './signed-url.ts';
import { timedRequest } from './timed-request.ts';

const WHAT = 'a download from the cache';

/** The signed address of an entry. It expires: `fresh` asks the service for another one. */
export type SignedAddress = (fresh: boolean) => Promise<string>;

/** Part of an entry. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * Bytes of an entry, not verified: whoever reads them knows their digest. They come in pieces, several at a time; at most
 * 32 MiB are held in memory. Throws NETWORK, also where the entry is shorter.
 */
export async function* downloadRange(
  access: BlobAccess,
  address: SignedAddress,
  range: ByteRange,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const stop = new AbortController();
  const limited = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const ahead: Promise<Uint8Array>[] = [];
  let next = range.offset;
  const end = range.offset + range.length;
  try {
    while (next < end || ahead.length > 0) {
      while (next < end && ahead.length < CONCURRENT_BLOCKS) {
        const piece = { offset: next, length: Math.min(BLOCK_BYTES, end - next) };
        const bytes = fetchPiece(access, address, piece, limited);
        // Met when its turn comes; a reader who stops before that never asks.
        bytes.catch(() => undefined);
        ahead.push(bytes);
        next += piece.length;
      }
      const first = await ahead.shift();
      if (first !== undefined) yield first;
    }
  } finally {
    stop.abort();
  }
}

/** A whole entry of unknown size. Throws NETWORK where it has more than `limitBytes`. */
export async function downloadWhole(
  access: BlobAccess,
  address: SignedAddress,
  limitBytes: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  return inTime(access, signal, async (limited) => {
    const response = await get(access, address, {}, limited);
    if (response.status !== 200) throw await blobFailure(WHAT, response);
    return response.bytes(limitBytes);
  });
}

function fetchPiece(
  access: BlobAccess,
  address: SignedAddress,
  { offset, length }: ByteRange,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const range = `bytes=${offset}-${offset + length - 1}`;
  return inTime(access, signal, async (limited) => {
    const response = await get(access, address, { range }, limited);
    if (response.status !== 206 && response.status !== 200) throw await blobFailure(WHAT, response);
    // Storage that knows no ranges sends the whole.
    const skipped = response.status === 206 ? checkedStart(response, offset) : offset;
    return take(response, skipped, length);
  });
}

/** Work that is done again where the connection breaks, as long as there is time. */
function inTime<T>(
  { waiting }: BlobAccess,
  signal: AbortSignal | undefined,
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  return timedRequest(BLOCK_TIMEOUT_MS, WHAT, signal, (limited) =>
    retrying(() => work(limited), { policy: BLOB_RETRIES, waiting, signal: limited }),
  );
}

/** Asks for another address where this one is refused: it may have expired. */
async function get(
  access: BlobAccess,
  address: SignedAddress,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const ask = async (fresh: boolean): Promise<HttpResponse> => {
    const url = checkSignedUrl(await address(fresh), access.service).href;
    return askBlobStorage(access, { method: 'GET', url, headers }, signal);
  };
  const first = await ask(false);
  if (first.status !== 401 && first.status !== 403) return first;
  await first.discard();
  return ask(true);
}

function checkedStart(response: HttpResponse, offset: number): number {
  const [, start] = /^bytes (\d+)-/.exec(response.header('content-range') ?? '') ?? [];
  if (Number(start) === offset) return 0;
  throw new BuildError('NETWORK', `${WHAT}: the storage sent another part than was asked for`);
}

async function take(response: HttpResponse, skipped: number, length: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let [skip, left] = [skipped, length];
  for await (const chunk of response.body) {
    const useful = chunk.subarray(Math.min(skip, chunk.length)).subarray(0, left);
    skip -= Math.min(skip, chunk.length);
    left -= useful.length;
    parts.push(useful);
    if (left === 0) break;
  }
  if (left > 0) throw new BuildError('NETWORK', `${WHAT}: ${left} bytes are missing`);
  return Buffer.concat(parts);
}
