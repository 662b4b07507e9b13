import { changedParts } from '../../cache/index.ts';
import type { CacheOutcome } from '../../request/index.ts';
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
