import { isDeepStrictEqual } from 'node:util';
import { parseDocument } from './document.ts';
import type { Image, ImageLayer } from './image.ts';
import { imageLayers } from './image-layers.ts';
import { MANIFEST_LIMIT_BYTES } from './limits.ts';
import { readConfig } from './read-config.ts';
import { readBlob, verified, type BlobSource } from '../content/index.ts';
import { BuildError } from '../errors/index.ts';
import { applyLayer } from '../layer/index.ts';
import { layerCompression, type ImageConfig, type ImageManifest } from '../oci/index.ts';
import type { TarHandler } from '../tar/index.ts';

/** Only the digests are asked for; the entries pass by. */
const NOTHING: TarHandler = { entry: () => undefined, data: () => undefined, end: () => undefined };

/**
 * Derives everything an image claims again from the bytes of a source that has all its blobs, manifest included:
 * digests and sizes, diff IDs by decompressing each layer, platform, and one history entry per layer. Throws CONTENT
 * where bytes do not match, IMAGE where the documents contradict each other, ARCHIVE where a layer is no sound archive.
 */
export async function validateImage(source: BlobSource, image: Image, signal?: AbortSignal): Promise<void> {
  const manifest = await storedManifest(source, image, signal);
  const { config, configBytes } = await readConfig(source, manifest, signal);
  if (!configBytes.equals(image.configBytes)) throw contradiction('the stored config is another one');
  checkConfig(config);
  const layers = imageLayers(manifest, config);
  if (!isDeepStrictEqual(layers, image.layers)) throw contradiction('the layers differ from the stored ones');
  for (const layer of layers) await validateLayer(source, layer, signal);
}

async function storedManifest(
  source: BlobSource,
  image: Image,
  signal: AbortSignal | undefined,
): Promise<ImageManifest> {
  const { descriptor } = image;
  const bytes = await readBlob(source, descriptor, MANIFEST_LIMIT_BYTES, signal);
  if (!bytes.equals(image.manifestBytes)) throw contradiction('the stored manifest is another one');
  const document = parseDocument({ descriptor, bytes });
  if (document.kind === 'manifest') return document.manifest;
  throw contradiction('its descriptor names an index');
}

function checkConfig(config: ImageConfig): void {
  if (config.architecture === '' || config.os === '') throw contradiction('its config names no platform');
  const history = config.history ?? [];
  const layers = config.rootfs?.diff_ids?.length ?? 0;
  const filled = history.filter((entry) => entry.empty_layer !== true).length;
  if (history.length > 0 && filled !== layers) {
    throw contradiction(`its history tells of ${filled} layers, but it has ${layers}`);
  }
}

async function validateLayer(source: BlobSource, layer: ImageLayer, signal?: AbortSignal): Promise<void> {
  const { descriptor, diffId } = layer;
  const compression = layerCompression(descriptor.mediaType) ?? 'none';
  const blob = verified(descriptor, source.open(descriptor, signal));
  await applyLayer(blob, compression, diffId, NOTHING, signal);
}

function contradiction(reason: string): BuildError {
  return new BuildError('IMAGE', `the image is not consistent: ${reason}`);
}
