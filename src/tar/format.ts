/** An archive is a sequence of blocks of this size; POSIX pax(1), "ustar interchange format". */
export const BLOCK_BYTES = 512;

/** A field of a header block: where it starts and its length in bytes. */
export interface Field {
  readonly at: number;
  readonly length: number;
}

const field = (at: number, length: number): Field => ({ at, length });

/** The fields of a header block. Those from `magic` on mean something in ustar and GNU headers only. */
export const FIELDS = {
  name: field(0, 100),
  mode: field(100, 8),
  uid: field(108, 8),
  gid: field(116, 8),
  size: field(124, 12),
  mtime: field(136, 12),
  checksum: field(148, 8),
  linkname: field(157, 100),
  magic: field(257, 6),
  version: field(263, 2),
  devMajor: field(329, 8),
  devMinor: field(337, 8),
  prefix: field(345, 155),
  /** GNU's, where ustar has its prefix. */
  gnuAtime: field(345, 12),
  gnuCtime: field(357, 12),
  /** Schilling's star: a shorter prefix, times behind it and a trailer that tells it apart. */
  starPrefix: field(345, 131),
  starAtime: field(476, 12),
  starCtime: field(488, 12),
  starTrailer: field(508, 4),
} as const;

export const TYPEFLAG_AT = 156;

export const USTAR_MAGIC = 'ustar\0';
export const USTAR_VERSION = '00';
export const GNU_MAGIC = 'ustar ';
export const GNU_VERSION = ' \0';
export const STAR_TRAILER = 'tar\0';

/** Zero bytes between the end of content of this size and the next block. */
export function paddingOf(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
}
