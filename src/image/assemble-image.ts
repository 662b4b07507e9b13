import { describe } from '../content/index.ts';
import { encodeConfig, encodeManifest } from './encode-documents.ts';
import { FORMAT_TYPES, type FormatTypes, type ImageFormat } from './format-types.ts';
import type { Annotations, Image, ImageLayer } from './image.ts';
import { BuildError } from '../errors/index.ts';
import { layerCompression, type ImageConfig, type ImageManifest } from '../oci/index.ts';

export interface ImageParts {
  /** Its `rootfs` is replaced by the layers' diff IDs. */
  readonly config: ImageConfig;
  /** The config as somebody else wrote it, which is kept: it must have the layers' diff IDs. */
  readonly configBytes?: Buffer | undefined;
  /** Base first. */
  readonly layers: readonly ImageLayer[];
  /** Annotations of the manifest. */
  readonly annotations?: Annotations | undefined;
  /** Annotations of the manifest's descriptor, wherever it is listed. */
  readonly descriptorAnnotations?: Annotations | undefined;
  /** Whose media types the image has; OCI's where it is not given. */
  readonly format?: ImageFormat | undefined;
}

/**
 * An image of a config and layers. Layer types of Docker and of OCI are twins (the bytes are the same format) and become
 * those of the format. The same parts always give the same digests. Throws IMAGE where a layer has no media type of a layer,
 * or none of the format.
 */
export function assembleImage(parts: ImageParts): Image {
  const types = FORMAT_TYPES[parts.format ?? 'oci'];
  const layers = parts.layers.map((layer) => typed(layer, types));
  const diffIds = layers.map(({ diffId }) => diffId);
  const config: ImageConfig = { ...parts.config, rootfs: { type: 'layers', diff_ids: diffIds } };
  const configBytes = parts.configBytes ?? encodeConfig(config);
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: describe(types.config, configBytes),
    layers: layers.map(({ descriptor }) => descriptor),
  };
  const { annotations = {}, descriptorAnnotations = {} } = parts;
  if (!isEmpty(annotations)) manifest.annotations = { ...annotations };
  const manifestBytes = encodeManifest(manifest);
  const plain = describe(types.manifest, manifestBytes);
  const descriptor = isEmpty(descriptorAnnotations)
    ? plain
    : { ...plain, annotations: { ...descriptorAnnotations } };
  return { descriptor, manifest, manifestBytes, config, configBytes, layers };
}

/** Annotations stay (lazy pullers keep theirs there); `urls` and whatever else a base had do not. */
function typed({ descriptor, diffId }: ImageLayer, types: FormatTypes): ImageLayer {
  const compression = layerCompression(descriptor.mediaType);
  if (compression === undefined) {
    throw new BuildError('IMAGE', `${JSON.stringify(descriptor.mediaType)} is not a layer's media type`);
  }
  const mediaType = types.layers[compression];
  if (mediaType === undefined) {
    throw new BuildError('IMAGE', `Docker's image format has no layers compressed with ${compression}`, {
      hint: 'the base image has one: use the image format oci, or compression gzip with force-compression',
    });
  }
  const { digest, size, annotations } = descriptor;
  const plain = { mediaType, digest, size };
  return { descriptor: annotations === undefined ? plain : { ...plain, annotations }, diffId };
}

function isEmpty(annotations: Annotations): boolean {
  return Object.keys(annotations).length === 0;
}
