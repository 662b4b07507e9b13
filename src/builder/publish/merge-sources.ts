import type { BlobSource } from '../../content/index.ts';
import { BuildError } from '../../errors/index.ts';
import { assembleIndex, platformOf, type Image, type ImageSet } from '../../image/index.ts';
import { formatPlatform, mediaTypes, type Platform } from '../../oci/index.ts';
import type { Annotation, AnnotationLevel } from '../../request/index.ts';
import type { OpenedSource } from './open-source.ts';

/**
 * One index of all images of several sources, in their order. Docker's media types where all images have them, else OCI's.
 * Throws USAGE where two images are for one platform.
 */
export function mergeSources(
  sources: readonly OpenedSource[],
  annotations: readonly Annotation[],
): { readonly set: ImageSet; readonly blobs: BlobSource } {
  const images = sources.flatMap(({ read }) => read.set.images);
  const artifacts = new Set(sources.flatMap(({ read }) => [...read.artifacts]));
  const [first, ...more] = images;
  if (first === undefined) throw new BuildError('USAGE', 'no images to merge', { hint: 'name some digests' });
  const isDocker = images.every(({ descriptor }) => descriptor.mediaType === mediaTypes.DOCKER_MANIFEST);
  const entries = images.map((image) => {
    const isArtifact = artifacts.has(image.descriptor.digest);
    const platform = isArtifact ? undefined : platformOf(image);
    const own = valuesOf(annotations, 'manifest-descriptor', platform);
    const all = { ...image.descriptor.annotations, ...(isArtifact ? {} : own) };
    const { annotations: _replaced, ...descriptor } = image.descriptor;
    return {
      descriptor: Object.keys(all).length === 0 ? descriptor : { ...descriptor, annotations: all },
      platform: image.descriptor.platform ?? platform,
      isArtifact,
    };
  });
  const index = assembleIndex({
    entries,
    format: isDocker ? 'docker' : 'oci',
    annotations: valuesOf(annotations, 'index', undefined),
    descriptorAnnotations: valuesOf(annotations, 'index-descriptor', undefined),
  });
  return { set: { images: [first, ...more], index }, blobs: blobsOf(sources) };
}

function valuesOf(
  annotations: readonly Annotation[],
  level: AnnotationLevel,
  platform: Platform | undefined,
): Record<string, string> {
  const name = platform === undefined ? undefined : formatPlatform(platform);
  const chosen = annotations.filter(
    (one) => one.level === level && (one.platform === undefined || one.platform === name),
  );
  return Object.fromEntries(chosen.map(({ key, value }) => [key, value]));
}

/** Each blob from the source that names it. */
function blobsOf(sources: readonly OpenedSource[]): BlobSource {
  const owners = new Map(
    sources.flatMap(({ read, blobs }) => layersOf(read.set.images).map((digest) => [digest, blobs] as const)),
  );
  return {
    open: (descriptor, signal) => {
      const owner = owners.get(descriptor.digest);
      if (owner === undefined) throw new BuildError('INTERNAL', `no image has ${descriptor.digest}`);
      return owner.open(descriptor, signal);
    },
  };
}

function layersOf(images: readonly Image[]): string[] {
  return images.flatMap(({ layers }) => layers.map(({ descriptor }) => descriptor.digest));
}
