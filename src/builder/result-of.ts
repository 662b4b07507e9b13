import type { BuiltImage } from '../build/index.ts';
import type { Image } from '../image/index.ts';
import type { BuildResult } from '../request/index.ts';
import type { GatheredRequest } from './job.ts';

/** What a front is told of an image that was built and exported; all but the time it took. */
export function resultOf(
  { spec, outputs }: GatheredRequest,
  built: BuiltImage,
  { descriptor, manifest }: Image,
  destinations: BuildResult['destinations'],
): Omit<BuildResult, 'milliseconds'> {
  return {
    digest: descriptor.digest,
    imageId: manifest.config.digest,
    mediaType: descriptor.mediaType,
    size: descriptor.size,
    platform: spec.platform,
    layers: built.layers.map(({ descriptor: { digest, size }, diffId, createdBy, reused }) => ({
      digest,
      size,
      diffId,
      createdBy,
      reused,
    })),
    destinations,
    tarPath: outputs.tarPath,
    ociLayoutPath: outputs.ociLayoutPath,
    warnings: built.warnings,
  };
}
