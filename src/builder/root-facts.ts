import { rootOf, type ImageSet } from '../image/index.ts';
import type { BuildResult } from '../request/index.ts';

/** What a front is told of the manifest or index that stands for images. */
export function rootFacts(
  set: ImageSet,
): Pick<BuildResult, 'digest' | 'imageId' | 'mediaType' | 'size' | 'annotations'> {
  const { digest, mediaType, size, annotations } = rootOf(set).descriptor;
  const imageId = set.index === undefined ? set.images[0].manifest.config.digest : digest;
  return { digest, imageId, mediaType, size, annotations };
}
