import type { CacheLocation, CacheOptions } from '../../src/request/index.ts';

/** A cache in one place, which is read and written. */
export function cacheAt(location: CacheLocation, changes: Partial<CacheOptions> = {}): CacheOptions {
  return {
    sources: [location],
    targets: [{ location, mode: 'max' }],
    take: true,
    freshStages: [],
    runLayers: true,
    copyLayers: true,
    ...changes,
  };
}
