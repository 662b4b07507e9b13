import { BuildError } from '../../errors/index.ts';
import { askBlobStorage, blobFailure, type BlobAccess } from './blob-access.ts';
import { inBlocks } from './blocks.ts';
import { BLOCK_BYTES, BLOCK_TIMEOUT_MS, CONCURRENT_BLOCKS } from './limits.ts';
import { checkSignedUrl, withQuery } from './signed-url.ts';
import { timedRequest } from './timed-request.ts';

const WHAT = 'an upload to the cache';

/**
 * Uploads an entry to a signed address: in one piece (Put Blob) where it is small, else block after block, several at a time
 * (Put Block, Put Block List). At most 40 MiB are held in memory. Throws NETWORK, what the content throws, and CONTENT where it
 * has not `size` bytes.
 */
export async function uploadEntry(
  access: BlobAccess,
  signedUrl: string,
  size: number,
  content: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const url = checkSignedUrl(signedUrl, access.service);
  const put = async (target: string, headers: Readonly<Record<string, string>>, body: Uint8Array) =>
    timedRequest(BLOCK_TIMEOUT_MS, WHAT, signal, async (limited) => {
      const response = await askBlobStorage(access, { method: 'PUT', url: target, headers, body }, limited);
      if (response.status !== 201) throw await blobFailure(WHAT, response);
      await response.discard();
    });
  const ids: string[] = [];
  let sent = 0;
  const send = async (block: Uint8Array): Promise<void> => {
    if (size <= BLOCK_BYTES) return put(url.href, { 'x-ms-blob-type': 'BlockBlob' }, block);
    const id = blockId(ids.length);
    ids.push(id);
    await put(withQuery(url, `comp=block&blockid=${encodeURIComponent(id)}`), {}, block);
  };
  await eachBlock(exactly(size, content), async (block) => {
    sent += block.length;
    await send(block);
  });
  if (size === 0) await send(new Uint8Array());
  if (sent !== size) throw wrongSize(size, sent);
  if (size > BLOCK_BYTES) {
    const list = Buffer.from(blockList(ids));
    await put(withQuery(url, 'comp=blocklist'), { 'content-type': 'application/xml' }, list);
  }
}

/** Works on several blocks at a time; reads no further while all hands are full. The first failure ends it. */
async function eachBlock(
  content: AsyncIterable<Uint8Array>,
  work: (block: Uint8Array) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const block of inBlocks(content, BLOCK_BYTES)) {
      const done = work(block)
        .catch((error: unknown) => void (failure ??= { error }))
        .finally(() => running.delete(done));
      running.add(done);
      if (running.size >= CONCURRENT_BLOCKS) await Promise.race(running);
      if (failure !== undefined) break;
    }
  } finally {
    await Promise.all(running);
  }
  if (failure !== undefined) throw failure.error;
}

/** The same chunks; throws CONTENT as soon as they are more than promised. */
async function* exactly(size: number, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const chunk of content) {
    seen += chunk.length;
    if (seen > size) throw wrongSize(size, seen);
    yield chunk;
  }
}

function wrongSize(size: number, found: number): BuildError {
  return new BuildError('CONTENT', `an entry of the cache should have ${size} bytes, but has ${found}`);
}

/** All of one length, as Azure wants them. */
function blockId(index: number): string {
  return Buffer.from(`block-${String(index).padStart(6, '0')}`).toString('base64');
}

function blockList(ids: readonly string[]): string {
  const blocks = ids.map((id) => `<Latest>${id}</Latest>`).join('');
  return `<?xml version="1.0" encoding="utf-8"?><BlockList>${blocks}</BlockList>`;
}
