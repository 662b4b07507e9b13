import { recordSeal, type CacheRecord } from '../../cache/index.ts';
import { DirectoryStore } from '../../content/index.ts';
import { BuildError, toBuildError } from '../../errors/index.ts';
import { formatPlatform } from '../../oci/index.ts';
import type { BuildSurroundings, CacheOptions, RunExplain } from '../../request/index.ts';
import { BaseImageSource } from '../base-image-source.ts';
import { gatherSources, layoutsOf, sourceTools } from '../gather-sources.ts';
import { inScratch, type ScratchPlace } from '../in-scratch.ts';
import { openContexts } from '../open-contexts.ts';
import { openWarm } from '../warm/warm-bases.ts';
import { openWorld } from '../world.ts';
import { explainAnswer, type ExplainedPlatform } from './explain-answer.ts';
import { explainSteps } from './explain-steps.ts';
import { lookUpBuild } from './foresee-build.ts';
import { openCache, openSession, type CacheTools } from './open-session.ts';

/**
 * Looks a build up in its caches as the build would, and tells what it would find. Executes and keeps nothing. Throws what
 * is wrong with the Dockerfile, its sources and base images.
 */
export const runExplain: RunExplain = (request, surroundings) =>
  inScratch(request, surroundings, async (place) => {
    const { signal } = surroundings;
    const { cache, spec: asked } = request;
    const store = new DirectoryStore(place.scratch);
    const caches = cacheTools(place, surroundings);
    const reading = { cache: cache && { ...cache, targets: [] } };
    const session = openSession(reading, { ...caches, store, signal });
    if (cache === undefined || session === undefined)
      throw new BuildError('USAGE', 'no cache is asked for', { hint: 'give --cache or --cache-from' });
    if (asked.singleSnapshot)
      throw new BuildError('USAGE', 'a build with --single-snapshot takes nothing out of a cache');
    const tools = sourceTools(request, surroundings, { ...place, signal });
    const spec = await gatherSources(asked, tools);
    const known = await allRecords(cache, caches, surroundings);
    const warm = openWarm(request.warmBases, surroundings.reporter);
    const bases = new BaseImageSource(place.registry, store, signal, layoutsOf(asked), session, warm);
    const world = openWorld(bases, { ...tools, signal }, session);
    const platforms: ExplainedPlatform[] = [];
    for (const platform of request.platforms ?? [spec.platform]) {
      const own = { ...spec, platform };
      const ports = { ...world, ...openContexts(own), store, signal, now: () => Date.now() };
      const foretell = session.foretell.bind(session);
      const { plan, foresight } = await lookUpBuild(own, cache, { ...ports, cache: session, foretell });
      platforms.push({ platform: formatPlatform(platform), steps: explainSteps(plan, foresight, known) });
    }
    return explainAnswer(platforms, Date.now());
  });

function cacheTools(
  { registry, http }: ScratchPlace,
  { reporter, env, archives }: BuildSurroundings,
): CacheTools {
  return { registry, http, reporter, env, archives, mountFrom: () => [] };
}

/** All that the sources hold, to compare with; of one that cannot be read nothing, which is told. */
async function allRecords(
  { sources, signingKey }: CacheOptions,
  tools: CacheTools,
  { signal, reporter }: BuildSurroundings,
): Promise<readonly CacheRecord[]> {
  const seal = recordSeal(signingKey);
  const records: CacheRecord[] = [];
  for (const location of sources) {
    const store = openCache(location, seal, tools);
    try {
      const contents = await store?.keeper?.contents(signal);
      records.push(...(contents?.records ?? []).map(({ record }) => record));
    } catch (error) {
      signal.throwIfAborted();
      reporter.warn(`the ${store?.name ?? 'cache'} cannot be read: ${toBuildError(error).message}`);
    }
  }
  return records;
}
