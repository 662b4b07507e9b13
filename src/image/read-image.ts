import { findManifest } from './find-manifest.ts';
import type { Image, ManifestBytes, ManifestSource } from './image.ts';
import { imageLayers } from './image-layers.ts';
import { readConfig } from './read-config.ts';
import type { Platform } from '../oci/index.ts';

/**
 * The image for a platform, from the manifest or index that its reference resolves to. Documents only: no layer is
 * fetched. A root that is a plain manifest is taken whatever its platform. Throws IMAGE where the documents make no
 * sense together or nothing fits, CONTENT where bytes do not match their descriptor.
 */
export async function readImage(
  source: ManifestSource,
  root: ManifestBytes,
  platform: Platform,
  signal?: AbortSignal,
): Promise<Image> {
  const { descriptor, bytes, manifest } = await findManifest(source, root, platform, signal);
  const { config, configBytes } = await readConfig(source, manifest, signal);
  const layers = imageLayers(manifest, config);
  return { descriptor, manifest, manifestBytes: bytes, config, configBytes, layers };
}
