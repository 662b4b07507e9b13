import { changedParts } from '../../cache/index.ts';
import { formatBytes, formatDuration, type Reporter } from '../../report/index.ts';
import type { CacheOutcome, CacheReport } from '../../request/index.ts';
import type { CacheSession } from './cache-session.ts';
import type { ForeseenBuild } from './foresee-build.ts';

/** The outcomes of a build, each miss with what changed since the step was last built. */
export async function explainMisses(
  outcomes: readonly CacheOutcome[],
  { steps }: ForeseenBuild,
  cache: CacheSession,
): Promise<readonly CacheOutcome[]> {
  const byName = new Map(steps.map(([, , step]) => [step.name, step]));
  return Promise.all(
    outcomes.map(async (outcome) => {
      const step = outcome.hit ? undefined : byName.get(outcome.name);
      if (step === undefined) return outcome;
      return { ...outcome, changed: changedParts(step.parts, await cache.latest(step.name)) };
    }),
  );
}

/** Tells what the cache did for a build: the sums, and a line for each miss. */
export function tellOutcomes({ steps: outcomes, fetched }: CacheReport, reporter: Reporter): void {
  const hits = outcomes.filter(({ hit }) => hit);
  const time = hits.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const bytes = hits.reduce((sum, outcome) => sum + outcome.bytes, 0);
  reporter.info(
    `cache: ${hits.length} of ${outcomes.length} steps, ${formatBytes(bytes)} and ${formatDuration(time)} saved`,
  );
  reporter.info(
    `cache: fetched ${formatBytes(fetched.bases)} of base images, ${formatBytes(fetched.cache)} out of the cache`,
  );
  for (const { name, hit, changed } of outcomes) {
    if (!hit)
      reporter.info(`cache: ${name} was built: ${(changed ?? []).join(', ') || 'its key is not known'}`);
  }
}
