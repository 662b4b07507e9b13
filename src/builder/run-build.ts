import { DirectoryStore } from '../content/index.ts';
import { createHttpClient } from '../http/index.ts';
import { createRegistryClient, registryTrust } from '../registry/index.ts';
import { parseReference } from '../reference/index.ts';
import { pushedNames, type BuildSurroundings, type RunBuild } from '../request/index.ts';
import { buildAndExport, type BuildSite, type Finished } from './build-and-export.ts';
import { tellOutcomes } from './cache/tell-outcomes.ts';
import { openSession } from './cache/open-session.ts';
import type { CacheSession } from './cache/cache-session.ts';
import { explainFullDisk } from './full-disk.ts';
import { gatherSources, layoutsOf, sourceTools } from './gather-sources.ts';
import { IsolationPlace } from './isolation-place.ts';
import type { GatheredRequest } from './job.ts';
import { startAgents } from './ssh-agent/start-agents.ts';
import { openWarm } from './warm/warm-bases.ts';

/** Builds an image and takes it where the request says. Leaves nothing else behind on this machine. Throws BuildError. */
export const runBuild: RunBuild = async (request, surroundings) => {
  const started = performance.now();
  const { env, reporter, signal, archives } = surroundings;
  const { registries, credentials } = request;
  const isolation = await IsolationPlace.find(request, surroundings);
  const { scratch } = isolation;
  const agents = startAgents(request.sshAgents ?? [], scratch);
  const http = createHttpClient({ env, materialOf: registryTrust(registries, env) });
  try {
    const store = new DirectoryStore(scratch);
    const registry = createRegistryClient({ registries, credentials, env, reporter, http });
    const pushedTo = pushedNames(request.outputs)
      .map(parseReference)
      .map(({ registry: host, repository: name }) => ({ registry: host, name }));
    const cache = openSession(request, {
      store,
      registry,
      reporter,
      signal,
      env,
      http,
      archives,
      mountFrom: () => pushedTo,
    });
    cache?.begin();
    const sources = sourceTools(request, surroundings, { http, scratch, signal });
    const agentSockets = (await agents).sockets;
    const gathered = { ...request, agentSockets, spec: await gatherSources(request.spec, sources) };
    const warm = openWarm(request.warmBases, reporter);
    const layouts = layoutsOf(request.spec);
    const site = { scratch, store, registry, isolation, sources, layouts, cache, warm };
    const result = await keepingResults(gathered, surroundings, site);
    if (result.cache !== undefined) tellOutcomes(result.cache, reporter);
    return { ...result, milliseconds: Math.round(performance.now() - started) };
  } catch (error) {
    throw signal.aborted ? error : explainFullDisk(error, scratch);
  } finally {
    await agents.then(
      (running) => running.close(),
      () => undefined,
    );
    await Promise.all([http.close(), isolation.close()]);
  }
};

/** What the build made is kept when the image is where it belongs, and also where the build failed on the way. */
async function keepingResults(
  request: GatheredRequest,
  surroundings: BuildSurroundings,
  site: BuildSite,
): Promise<Finished> {
  const { cache } = site;
  let result: Finished | undefined;
  try {
    result = await withWhatIsThere(cache, surroundings, () => buildAndExport(request, surroundings, site));
    return result;
  } finally {
    if (!surroundings.signal.aborted) {
      await cache?.save(result && new Set(result.layers.map(({ diffId }) => diffId)));
    }
  }
}

/**
 * Does it again where a cache did not have what it listed, which does not count any more then, and where the context was
 * another in the end than the one that was looked up.
 */
async function withWhatIsThere<T>(
  cache: CacheSession | undefined,
  { reporter, signal }: BuildSurroundings,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    const [losses, changes] = [cache?.losses, cache?.changes];
    try {
      return await work();
    } catch (error) {
      if (cache === undefined || signal.aborted) throw error;
      if (cache.changes !== changes)
        reporter.warn('files of the build context changed while they were read: building again');
      else if (cache.losses !== losses) reporter.info('building again without what the cache does not have');
      else throw error;
    }
  }
}
