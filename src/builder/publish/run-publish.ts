import { BuildError } from '../../errors/index.ts';
import { platformOf, validateSet, type ImageSet } from '../../image/index.ts';
import { formatPlatform } from '../../oci/index.ts';
import type { BuildResult, BuildSurroundings, PublishRequest, RunPublish } from '../../request/index.ts';
import { inScratch } from '../in-scratch.ts';
import { checkDestinations, pushDestinations, type PushTools } from '../push-destinations.ts';
import { rootFacts } from '../root-facts.ts';
import { mergeSources } from './merge-sources.ts';
import { openSource, repositoryName, type OpenedSource, type SourcePlaces } from './open-source.ts';

/**
 * Pushes, joins or checks images that are there already. Everything is read and checked before anything is tagged. Leaves
 * nothing behind on this machine. Throws BuildError.
 */
export const runPublish: RunPublish = async (request, surroundings) => {
  const started = performance.now();
  const result = await inScratch(request, surroundings, ({ scratch, registry }) => {
    const { cwd, outputs } = request;
    const [tag] = outputs.tags;
    const repository = tag === undefined ? undefined : repositoryName(tag);
    const places = { registry, cwd, scratch, repository, signal: surroundings.signal };
    return publish(request, surroundings, places);
  });
  return { ...result, milliseconds: Math.round(performance.now() - started) };
};

type Published = Omit<BuildResult, 'milliseconds'>;

async function publish(
  request: PublishRequest,
  { reporter, signal }: BuildSurroundings,
  places: SourcePlaces,
): Promise<Published> {
  const { command, outputs, registries } = request;
  const sources: OpenedSource[] = [];
  for (const [number, text] of request.sources.entries())
    sources.push(await openSource(text, { ...places, scratch: `${places.scratch}/${number}` }));
  const [first, second] = sources;
  if (first === undefined || (command !== 'merge' && second !== undefined))
    throw new BuildError('USAGE', `${command} takes ${command === 'merge' ? 'images' : 'one image'}`, {
      hint: `ts-kaniko ${command} ${command === 'merge' ? '--destination reference digest…' : 'archive|layout|reference'}`,
    });
  const tell = (image: ImageSet['images'][0]): void =>
    reporter.info(
      `sound: ${image.descriptor.digest}, ${formatPlatform(platformOf(image))}, ${image.layers.length} layers`,
    );
  if (command !== 'merge') await validateSet(first.blobs, first.read, tell, signal);
  if (command === 'validate') return resultOf(first.read.set, []);
  const { set, blobs } =
    command === 'merge'
      ? mergeSources(sources, outputs.annotations ?? [])
      : { set: first.read.set, blobs: first.blobs };
  const origins = sources.flatMap(({ origin }) => origin ?? []);
  const tools: PushTools = {
    registry: places.registry,
    blobs,
    originsOf: () => origins,
    reporter,
    signal,
  };
  if (registries.checkPush) await checkDestinations(outputs.tags, tools);
  return resultOf(set, await pushDestinations(set, { names: outputs.tags, byDigest: false }, tools));
}

function resultOf(set: ImageSet, destinations: Published['destinations']): Published {
  const images = set.images.filter(({ config }) => config.os !== 'unknown');
  return {
    ...rootFacts(set),
    platforms: images.map(platformOf),
    layers: images.flatMap(({ layers }) =>
      layers.map(({ descriptor, diffId }) => ({
        digest: descriptor.digest,
        size: descriptor.size,
        diffId,
        reused: true,
      })),
    ),
    destinations,
    warnings: [],
  };
}
