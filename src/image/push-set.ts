import type { ImageSet } from './image.ts';
import { pushImage, pushTags, type PushOptions, type PushTarget } from './push-image.ts';
import type { BlobSource } from '../content/index.ts';

/**
 * Pushes an image, or several and then the index that names them. What is tagged is complete: tags are set last, on the
 * index where there is one. Throws what pushing an image throws.
 */
export async function pushSet(
  { images, index }: ImageSet,
  from: BlobSource,
  to: PushTarget,
  options: PushOptions,
): Promise<void> {
  const [first] = images;
  if (index === undefined) return pushImage(first, from, to, options);
  // One after the other: each keeps the connection busy on its own.
  for (const image of images) await pushImage(image, from, to, { ...options, tags: [] });
  options.signal?.throwIfAborted();
  await to.putManifest(index.descriptor, index.bytes, undefined, options.signal);
  await pushTags(index, to, options);
}
