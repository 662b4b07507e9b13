import type { Parameters } from 'fast-check';

/** Every run tries the same cases unless a seed is given: a failure can be had again. */
const SEED = 20_260;
const RUNS = 300;

/**
 * How often a property is tried: PROPERTY_RUNS in the environment, or else `runs`; with the seed PROPERTY_SEED, or else
 * one that is always the same. PROPERTY_SECONDS ends it after so long, with the runs there were until then.
 */
export function settings(runs = RUNS): Parameters<unknown> {
  const seconds = numberFrom('PROPERTY_SECONDS');
  return {
    ...(seconds !== undefined && { interruptAfterTimeLimit: seconds * 1000 }),
    seed: numberFrom('PROPERTY_SEED') ?? SEED,
    numRuns: numberFrom('PROPERTY_RUNS') ?? runs,
  };
}

function numberFrom(name: string): number | undefined {
  const text = process.env[name] ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
