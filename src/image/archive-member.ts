import type { Write } from './replace-file.ts';
import { fromText, type BytePath } from '../bytes/index.ts';
import { encodeHeader, NO_XATTRS } from '../tar/index.ts';

const BLOCK_BYTES = 512;

/** What stands behind the last member of a tar archive. */
export const ARCHIVE_END = Buffer.alloc(2 * BLOCK_BYTES);

/** Writes a plain file as a member of a tar archive, without owner and time; `size` bytes have to come. */
export async function writeMember(
  write: Write,
  name: string,
  size: number,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  await write(encodeHeader(fileEntry(name, size)));
  for await (const chunk of content) await write(chunk);
  await write(Buffer.alloc((BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES));
}

function fileEntry(name: string, size: number): Parameters<typeof encodeHeader>[0] {
  return {
    path: fromText(name),
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size,
    mtimeNs: 0n,
    linkname: '' as BytePath,
    devMajor: 0,
    devMinor: 0,
    xattrs: NO_XATTRS,
  };
}
