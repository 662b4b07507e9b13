import { formatPlatform } from '../oci/index.ts';
import {
  allOutputs,
  type BuildResult,
  type CacheOutcome,
  type FetchedBytes,
  type OutputSpec,
  type ResultLayer,
} from '../request/index.ts';
import type { Exported } from './export-image.ts';
import type { BuiltPlatform } from './formed-images.ts';
import { rootFacts } from './root-facts.ts';

/** What a front is told of an image that was built and exported; all but the time it took. `fetched` for builds with a cache. */
export function resultOf(
  outputs: OutputSpec,
  built: readonly BuiltPlatform[],
  { set, destinations }: Exported,
  fetched: FetchedBytes | undefined,
): Omit<BuildResult, 'milliseconds'> {
  return {
    ...rootFacts(set),
    platforms: built.map(({ platform }) => platform),
    layers: built.flatMap(({ image }, at) => layersOf(image, set.images[at]?.layers ?? [])),
    destinations,
    tarPath: archiveOf(outputs),
    ociLayoutPath: layoutOf(outputs),
    warnings: [...new Set(built.flatMap(({ image }) => image.warnings))],
    ...(fetched && { cache: { steps: outcomesOf(built), fetched } }),
  };
}

/** Steps have the same names on every platform. */
function outcomesOf(built: readonly BuiltPlatform[]): readonly CacheOutcome[] {
  if (built.length === 1) return built.flatMap(({ image }) => image.outcomes);
  return built.flatMap(({ image, platform }) =>
    image.outcomes.map((outcome) => ({ ...outcome, platform: formatPlatform(platform) })),
  );
}

/** As they are in the image, which may have them compressed in another way than they were built. */
function layersOf(
  built: BuiltPlatform['image'],
  layers: Exported['set']['images'][0]['layers'],
): ResultLayer[] {
  return built.layers.map(({ descriptor, diffId, createdBy, reused }, at) => {
    const { digest, size } = layers[at]?.descriptor ?? descriptor;
    return { digest, size, diffId, createdBy, reused };
  });
}

function archiveOf(outputs: OutputSpec): string | undefined {
  const [first] = allOutputs(outputs).flatMap((output) =>
    (output.kind === 'docker' || output.kind === 'oci-archive') && output.to.kind === 'file'
      ? output.to.path
      : [],
  );
  return first;
}

function layoutOf(outputs: OutputSpec): string | undefined {
  return allOutputs(outputs).find((output) => output.kind === 'oci-layout')?.directory;
}
