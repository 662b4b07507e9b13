import type { BuildPorts, Download, LayerCache } from '../build/index.ts';
import { downloadFile, type SourceTools } from '../context/index.ts';
import { assertNever } from '../errors/index.ts';
import type { BaseImageSource } from './base-image-source.ts';
import { fetchRepository } from './fetch-repository.ts';
import type { Call } from './messages.ts';

/** What a build asks of the process with the network. */
export type World = Pick<BuildPorts, 'images' | 'fetchLayer' | 'download' | 'fetchRepository' | 'cache'>;

/** The world of one build: what was fetched once is not fetched again. */
export function openWorld(
  bases: BaseImageSource,
  sources: SourceTools,
  cache: LayerCache | undefined,
): World {
  const downloads = new Map<string, Promise<Download>>();
  const repositories = new Map<string, Promise<{ readonly path: string }>>();
  return {
    images: {
      resolve: (reference, platform) => bases.resolve(reference, platform),
      resolveLayout: (context, platform) => bases.resolveLayout(context, platform),
    },
    fetchLayer: (layer) => bases.fetch(layer.descriptor),
    download: ({ url, checksum }) =>
      once(downloads, [url, checksum], () => {
        const { directory, signal, http } = sources;
        return downloadFile(http, { directory, signal, url, checksum });
      }),
    fetchRepository: (request) =>
      once(repositories, [request.url, request.keepGitDir, request.checksum], () =>
        fetchRepository(request, sources),
      ),
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
      return world.cache?.outdated();
    default:
      return assertNever(call);
  }
}

function once<T>(
  known: Map<string, Promise<T>>,
  key: readonly unknown[],
  work: () => Promise<T>,
): Promise<T> {
  const name = JSON.stringify(key);
  const found = known.get(name) ?? work();
  known.set(name, found);
  return found;
}
