import { BLOCK_BYTES } from './format.ts';
import { readHeaderBlock } from './header-block.ts';

/** How many bytes of a file `beginsTar` has to be shown. */
export const TAR_HEAD_BYTES = BLOCK_BYTES;

/** Whether a file that begins so is a tar archive with at least one entry: its first block is a header that makes sense. */
export function beginsTar(head: Uint8Array): boolean {
  if (head.byteLength < BLOCK_BYTES) return false;
  try {
    readHeaderBlock(Buffer.from(head.buffer, head.byteOffset, BLOCK_BYTES));
    return true;
  } catch {
    return false;
  }
}
