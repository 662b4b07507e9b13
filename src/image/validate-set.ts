import type { Image } from './image.ts';
import { withDocuments, type ReadSet } from './read-set.ts';
import { validateImage } from './validate-image.ts';
import { verified, type BlobSource } from '../content/index.ts';

/**
 * Derives everything again that images claim, one after the other: see validateImage. Of artifacts among them, sizes and
 * digests of all blobs. `told` is called for each that is sound. Throws what is wrong with the first that is not.
 */
export async function validateSet(
  from: BlobSource,
  { set, artifacts }: ReadSet,
  told: (image: Image) => void = () => undefined,
  signal?: AbortSignal,
): Promise<void> {
  const source = withDocuments(from, set);
  for (const image of set.images) {
    if (artifacts.has(image.descriptor.digest)) await readBlobs(source, image, signal);
    else await validateImage(source, image, signal);
    told(image);
  }
}

async function readBlobs(source: BlobSource, { manifest }: Image, signal?: AbortSignal): Promise<void> {
  for (const descriptor of manifest.layers)
    for await (const _chunk of verified(descriptor, source.open(descriptor, signal))) continue;
}
