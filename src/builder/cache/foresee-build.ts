import {
  foresee,
  placedSteps,
  prepareBuild,
  type BuildPorts,
  type Foresight,
  type ForesightPorts,
  type LayerCache,
  type PlacedSteps,
} from '../../build/index.ts';
import { needsOf, type Plan } from '../../plan/index.ts';
import { silentReporter } from '../../report/index.ts';
import type { BuildSpec, CacheOptions } from '../../request/index.ts';

/** What is known of a build before it begins. */
export interface ForeseenBuild {
  readonly steps: PlacedSteps;
  /** Whether something has to be run. */
  readonly runs: boolean;
}

type ForeseeingPorts = Omit<BuildPorts, 'sandbox' | 'reporter'> &
  Pick<ForesightPorts, 'identify' | 'commitOf' | 'foretell'> & { readonly cache: LayerCache };

/**
 * Looks a build up in the cache, without executing anything of it. Undefined where that cannot be done: the build itself
 * will say what is wrong.
 */
export async function foreseeBuild(
  spec: BuildSpec,
  cache: CacheOptions,
  ports: ForeseeingPorts,
): Promise<ForeseenBuild | undefined> {
  try {
    const { plan, foresight } = await lookUpBuild(spec, cache, ports);
    const needs = needsOf(plan, (planned) => foresight.get(planned)?.record !== undefined);
    return { steps: placedSteps(plan, foresight), runs: needs.runs };
  } catch {
    ports.signal.throwIfAborted();
    return undefined;
  }
}

/** The plan of a build and what the cache has for its steps. Throws what is wrong with the Dockerfile or its base images. */
export async function lookUpBuild(
  spec: BuildSpec,
  cache: CacheOptions,
  ports: ForeseeingPorts,
): Promise<{ readonly plan: Plan; readonly foresight: Foresight }> {
  const { plan, spec: timed } = await prepareBuild(spec, { ...ports, reporter: silentReporter() });
  const foresight = await foresee(plan, timed, cache, {
    ...ports,
    lookup: (keys) => ports.cache.lookup(keys),
    unstable: ports.cache.unstable,
  });
  return { plan, foresight };
}
