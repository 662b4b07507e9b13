import type {
  BuildPorts,
  ForesightPorts,
  LayerCache,
  Repository,
  RepositoryRequest,
} from '../build/index.ts';
import type { SourceTools } from '../context/index.ts';
import { assertNever } from '../errors/index.ts';
import type { BaseImageSource } from './base-image-source.ts';
import { Downloads } from './downloads.ts';
import { commitOf, fetchRepository } from './fetch-repository.ts';
import type { Call } from './messages.ts';

/** What a build asks of the process with the network. */
export type World = Pick<BuildPorts, 'images' | 'fetchLayer' | 'download' | 'fetchRepository' | 'cache'> &
  Pick<ForesightPorts, 'identify' | 'commitOf'>;

/** The world of one build: what was fetched once is not fetched again. */
export function openWorld(
  bases: BaseImageSource,
  sources: SourceTools,
  cache: LayerCache | undefined,
): World {
  const downloads = new Downloads(sources, cache);
  const repositories = new Map<string, Promise<Repository>>();
  const nameOf = ({ url, keepGitDir, checksum }: RepositoryRequest): string =>
    JSON.stringify([url, keepGitDir, checksum]);
  return {
    images: {
      resolve: (reference, platform) => bases.resolve(reference, platform),
      resolveLayout: (context, platform) => bases.resolveLayout(context, platform),
    },
    fetchLayer: (layer) => bases.fetch(layer.descriptor),
    download: (request) => downloads.fetch(request),
    identify: (url) => downloads.identify(url),
    fetchRepository: (request) => {
      const fetched = repositories.get(nameOf(request)) ?? fetchRepository(request, sources);
      repositories.set(nameOf(request), fetched);
      return fetched;
    },
    commitOf: async (request) =>
      (await repositories.get(nameOf(request)))?.commit ?? commitOf(request, sources),
    cache,
  };
}

/** Answers what a building process asks for. */
export async function answer(call: Call, world: World): Promise<unknown> {
  switch (call.method) {
    case 'resolve':
      return world.images.resolve(call.reference, call.platform);
    case 'resolve-layout':
      return world.images.resolveLayout(call.context, call.platform);
    case 'fetch':
      return world.fetchLayer(call.layer);
    case 'download':
      return world.download(call);
    case 'git':
      return world.fetchRepository(call);
    case 'cache-lookup':
      return [...((await world.cache?.lookup(call.keys)) ?? new Map()).values()];
    case 'cache-fetch':
      return world.cache?.fetch(call.blob);
    case 'cache-keep':
      return world.cache?.keep(call.record);
    case 'cache-outdated':
      return world.cache?.outdated(call.steps);
    default:
      return assertNever(call);
  }
}
