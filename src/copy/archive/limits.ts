/** What one archive of ADD may unpack to. */
export interface ArchiveLimits {
  readonly entries: number;
  /** Contents of all files together. */
  readonly totalBytes: number;
}

/** Far above what any base image holds; a bomb stops here before the machine suffers. */
export const DEFAULT_ARCHIVE_LIMITS: ArchiveLimits = { entries: 2_000_000, totalBytes: 64 * 2 ** 30 };
