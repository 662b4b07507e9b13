import { createLimiter, streamOf, verified, type IngestStore } from '../../content/index.ts';
import type { Descriptor, Digest } from '../../oci/index.ts';
import type { FoundImage } from './look-up-image.ts';

const AT_ONCE = 4;

/** What it took to have an image whole. */
export interface StoredImage {
  /** Digests of all it consists of. */
  readonly blobs: readonly Digest[];
  /** Bytes of layers that were fetched, and of those that were there. */
  readonly fetched: number;
  readonly present: number;
}

/** Puts an image into a store: its layers, and then its documents. With `force` what is there is fetched and written again. */
export async function storeImage(
  { image, documents, repository }: FoundImage,
  store: IngestStore,
  force: boolean,
  signal: AbortSignal,
): Promise<StoredImage> {
  const layers = [...new Map(image.layers.map(({ descriptor }) => [descriptor.digest, descriptor])).values()];
  const limit = createLimiter(AT_ONCE);
  let [fetched, present] = [0, 0];
  await Promise.all(
    layers.map((layer) =>
      limit(async () => {
        if (!force && (await store.has(layer))) {
          present += layer.size;
          return;
        }
        await write(store, layer, repository.open(layer, signal), signal);
        fetched += layer.size;
      }),
    ),
  );
  const { config } = image.manifest;
  const all = [{ descriptor: config, bytes: image.configBytes }, ...documents.toReversed()];
  for (const { descriptor, bytes } of all) {
    if (!force && (await store.has(descriptor))) continue;
    await write(store, descriptor, streamOf(bytes), signal);
  }
  return {
    blobs: [...layers, ...all.map(({ descriptor }) => descriptor)].map(({ digest }) => digest),
    fetched,
    present,
  };
}

/** Writes a blob whether or not it is there: readers see the old file or the new one. */
async function write(
  store: IngestStore,
  descriptor: Descriptor,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const ingest = store.begin();
  try {
    for await (const chunk of verified(descriptor, content)) {
      signal.throwIfAborted();
      ingest.write(chunk);
    }
    await ingest.commit();
  } catch (error) {
    ingest.abort();
    throw error;
  }
}
