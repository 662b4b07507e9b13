/** How an archive is compressed, told by its first bytes. */
export type ArchiveCompression = 'none' | 'gzip' | 'bzip2' | 'xz' | 'zstd';

/** As many bytes as it takes to tell. */
export const MAGIC_BYTES = 6;

const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);
const BZIP2 = Buffer.from('BZh');
const XZ = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** A zstd file may begin with a frame to be skipped: 0x184D2A50 to 0x184D2A5F, little-endian. */
const ZSTD_SKIPPABLE = Buffer.from([0x2a, 0x4d, 0x18]);

/** The compression of a file that begins with `head`; `none` for anything unknown. */
export function detectCompression(head: Uint8Array): ArchiveCompression {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const startsWith = (magic: Buffer, at = 0): boolean => bytes.subarray(at, at + magic.length).equals(magic);
  if (startsWith(GZIP)) return 'gzip';
  if (startsWith(BZIP2)) return 'bzip2';
  if (startsWith(XZ)) return 'xz';
  if (startsWith(ZSTD)) return 'zstd';
  if (startsWith(ZSTD_SKIPPABLE, 1) && ((bytes[0] ?? 0) & 0xf0) === 0x50) return 'zstd';
  return 'none';
}
