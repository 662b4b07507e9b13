/** What the runner lets a job do with the cache. */
export interface CacheAccess {
  readonly reads: boolean;
  readonly writes: boolean;
}

const MODES: Readonly<Record<string, CacheAccess>> = {
  none: { reads: false, writes: false },
  read: { reads: true, writes: false },
  write: { reads: true, writes: true },
  'write-only': { reads: false, writes: true },
};

/** The access that `ACTIONS_CACHE_MODE` grants: all of it where the mode is unset or unknown, as in @actions/cache. */
export function parseCacheMode(mode: string | undefined): CacheAccess {
  return MODES[(mode ?? '').trim().toLowerCase()] ?? { reads: true, writes: true };
}
