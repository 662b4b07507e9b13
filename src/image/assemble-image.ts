import { encodeConfig, encodeManifest } from './encode-documents.ts';
import type { Image, ImageLayer } from './image.ts';
import { BuildError } from '../errors/index.ts';
import {
  digestOf,
  layerCompression,
  mediaTypes,
  type Compression,
  type Descriptor,
  type ImageConfig,
  type ImageManifest,
} from '../oci/index.ts';

export interface ImageParts {
  /** Its `rootfs` is replaced by the layers' diff IDs. */
  readonly config: ImageConfig;
  /** Base first. */
  readonly layers: readonly ImageLayer[];
  /** Annotations of the manifest. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

const LAYER_TYPES: Readonly<Record<Compression, string>> = {
  none: mediaTypes.OCI_LAYER,
  gzip: mediaTypes.OCI_LAYER_GZIP,
  zstd: mediaTypes.OCI_LAYER_ZSTD,
};

/**
 * An OCI image of a config and layers; Docker's layer types become their OCI twins (the bytes are the same format). The
 * same parts always give the same digests. Throws IMAGE where a layer has no media type of a layer.
 */
export function assembleImage(parts: ImageParts): Image {
  const layers = parts.layers.map(asOciLayer);
  const diffIds = layers.map(({ diffId }) => diffId);
  const config: ImageConfig = { ...parts.config, rootfs: { type: 'layers', diff_ids: diffIds } };
  const configBytes = encodeConfig(config);
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.OCI_MANIFEST,
    config: describe(mediaTypes.OCI_CONFIG, configBytes),
    layers: layers.map(({ descriptor }) => descriptor),
  };
  if (parts.annotations !== undefined && Object.keys(parts.annotations).length > 0)
    manifest.annotations = { ...parts.annotations };
  const manifestBytes = encodeManifest(manifest);
  const descriptor = describe(mediaTypes.OCI_MANIFEST, manifestBytes);
  return { descriptor, manifest, manifestBytes, config, configBytes, layers };
}

/** Annotations stay (lazy pullers keep theirs there); `urls` and whatever else a base had do not. */
function asOciLayer({ descriptor, diffId }: ImageLayer): ImageLayer {
  const compression = layerCompression(descriptor.mediaType);
  if (compression === undefined) {
    throw new BuildError('IMAGE', `${JSON.stringify(descriptor.mediaType)} is not a layer's media type`);
  }
  const { digest, size, annotations } = descriptor;
  const plain = { mediaType: LAYER_TYPES[compression], digest, size };
  return { descriptor: annotations === undefined ? plain : { ...plain, annotations }, diffId };
}

function describe(mediaType: string, bytes: Buffer): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}
