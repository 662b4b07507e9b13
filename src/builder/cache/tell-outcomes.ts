import { columns, formatBytes, formatDuration, type Reporter } from '../../report/index.ts';
import { cacheSummary, type CacheOutcome, type CacheReport } from '../../request/index.ts';

/** Tells what the cache did for a build: the sums, and a line for each step. */
export function tellOutcomes(report: CacheReport, reporter: Reporter): void {
  const { hits, steps, savedBytes, savedMilliseconds, fetched } = cacheSummary(report);
  const saved = `${formatBytes(savedBytes)} and ${formatDuration(savedMilliseconds)} saved`;
  reporter.info(`cache: ${hits} of ${steps.length} steps, ${saved}`);
  reporter.info(
    `cache: fetched ${formatBytes(fetched.bases)} of base images, ${formatBytes(fetched.cache)} out of the cache`,
  );
  for (const line of columns(steps.map(rowOf))) reporter.info(`cache: ${line}`);
}

function rowOf({ name, platform, hit, milliseconds, bytes, changed = [] }: CacheOutcome): string[] {
  const step = platform === undefined ? name : `${platform} ${name}`;
  if (hit) return ['hit', step, `${formatBytes(bytes)}, ${formatDuration(milliseconds)} saved`];
  const why = changed.length === 0 ? 'its key is not known' : changed.join(', ');
  return ['miss', step, `built in ${formatDuration(milliseconds)}: ${why}`];
}
