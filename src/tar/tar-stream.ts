import type { ContentSource, TarMember } from './entry.ts';
import { ChunkBuffer } from './chunk-buffer.ts';
import { encodeHeader } from './encode-header.ts';
import { openContent } from './file-content.ts';
import { BLOCK_BYTES, paddingOf } from './format.ts';
import { notStorable } from './archive-error.ts';

/** Every chunk of tarStream but the last has this size: large enough to read, hash and compress at full speed. */
export const TAR_CHUNK_BYTES = 1 << 20;

const END_MARKER = Buffer.alloc(2 * BLOCK_BYTES);
const ZEROS = Buffer.alloc(BLOCK_BYTES);

/**
 * A whole archive, end marker included, in chunks of exactly TAR_CHUNK_BYTES (the last one shorter). Chunks are the
 * caller's to keep. Files are read as they are reached; one whose size is no longer `entry.size`, or that is no plain
 * file any more, throws FILESYSTEM. What no header holds throws ARCHIVE; an aborted signal throws its reason.
 */
export async function* tarStream(
  members: Iterable<TarMember>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const buffer = new ChunkBuffer(TAR_CHUNK_BYTES);
  for (const member of members) {
    signal?.throwIfAborted();
    yield* buffer.append(encodeHeader(member));
    if (member.size > 0) yield* contentOf(member, buffer, signal);
    yield* buffer.append(ZEROS.subarray(0, paddingOf(member.size)));
  }
  yield* buffer.append(END_MARKER);
  yield* buffer.flush();
}

function* contentOf(
  member: TarMember,
  buffer: ChunkBuffer,
  signal: AbortSignal | undefined,
): Generator<Uint8Array> {
  const content = contentSource(member);
  if (content.kind === 'bytes') return yield* buffer.append(content.bytes);
  const file = openContent(content.path, member.size);
  try {
    for (let left = member.size; left > 0;) {
      signal?.throwIfAborted();
      const into = buffer.room(left);
      file.fill(into);
      left -= into.length;
      yield* buffer.take(into.length);
    }
    file.checkSize();
  } finally {
    file.close();
  }
}

function contentSource(member: TarMember): ContentSource {
  const { content, size, path } = member;
  if (content === undefined || (content.kind === 'bytes' && content.bytes.length !== size))
    throw notStorable(`content and size of ${JSON.stringify(path)} do not match`);
  return content;
}
