/** What an archive may ask of its reader. */
export interface TarLimits {
  /** Bytes of one PAX header or GNU long name. */
  readonly extendedHeaderBytes: number;
  /** Bytes of an entry's path and of a link's target. */
  readonly pathBytes: number;
  /** Bytes of an extended attribute's name. */
  readonly xattrNameBytes: number;
  /** Bytes of an extended attribute's value. */
  readonly xattrValueBytes: number;
  /** Bytes of one file. */
  readonly fileBytes: number;
  /** Headers in one archive, extended headers counted too. */
  readonly headers: number;
}

export const DEFAULT_TAR_LIMITS: TarLimits = {
  // The limit of Go's archive/tar and of libarchive: held in memory while it is read.
  extendedHeaderBytes: 1 << 20,
  // PATH_MAX without its NUL: no system call takes a longer path, no symlink holds a longer target.
  pathBytes: 4095,
  // XATTR_NAME_MAX and XATTR_SIZE_MAX of Linux.
  xattrNameBytes: 255,
  xattrValueBytes: 65_536,
  // Far above any file in an image; a lying header is refused before its content is waited for.
  fileBytes: 2 ** 40,
  // The largest images known hold about a million files; an empty entry costs an attacker a few compressed bytes.
  headers: 10_000_000,
};
