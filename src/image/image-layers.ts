import type { ImageLayer } from './image.ts';
import { BuildError } from '../errors/index.ts';
import { layerCompression, type Descriptor, type ImageConfig, type ImageManifest } from '../oci/index.ts';

const FOREIGN = /\.foreign\.|\.nondistributable\./;

/** The layers of a manifest paired with the diff IDs of its config. Throws IMAGE where they do not pair or cannot be read. */
export function imageLayers(manifest: ImageManifest, config: ImageConfig): readonly ImageLayer[] {
  const diffIds = config.rootfs?.diff_ids ?? [];
  if (diffIds.length !== manifest.layers.length) {
    throw new BuildError(
      'IMAGE',
      `the manifest lists ${manifest.layers.length} layers, but the config ${diffIds.length} diff IDs`,
    );
  }
  return manifest.layers.map((descriptor, index) => {
    requireReadable(descriptor, index);
    const diffId = diffIds[index];
    if (diffId === undefined) throw new BuildError('INTERNAL', 'a layer without a diff ID');
    return { descriptor, diffId };
  });
}

function requireReadable({ mediaType, digest }: Descriptor, index: number): void {
  if (layerCompression(mediaType) !== undefined) return;
  const name = `layer ${index + 1} (${digest})`;
  if (FOREIGN.test(mediaType)) {
    throw new BuildError('IMAGE', `${name} is a foreign layer, which registries do not hold`, {
      hint: 'images with foreign (non-distributable) layers, such as Windows base images, cannot be built upon',
    });
  }
  throw new BuildError(
    'IMAGE',
    `${name} has the media type ${JSON.stringify(mediaType.slice(0, 200))}, which is not one of a layer`,
  );
}
