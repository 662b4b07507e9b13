import type { CacheReport } from '../build-result.ts';

/** What the layer cache did for a build, with its sums: `cache-stats`, and `ts-kaniko.cache` of the metadata. */
export interface CacheSummary extends CacheReport {
  readonly hits: number;
  readonly misses: number;
  /** Bytes of layers that were there. */
  readonly savedBytes: number;
  /** What these steps took when they were made. */
  readonly savedMilliseconds: number;
}

export function cacheSummary(report: CacheReport): CacheSummary {
  const found = report.steps.filter(({ hit }) => hit);
  return {
    hits: found.length,
    misses: report.steps.length - found.length,
    savedBytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
    savedMilliseconds: found.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    ...report,
  };
}
