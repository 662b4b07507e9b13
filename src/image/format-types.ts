import { mediaTypes, type Compression } from '../oci/index.ts';

/** Whose media types an image has. */
export type ImageFormat = 'oci' | 'docker';

export interface FormatTypes {
  readonly index: string;
  readonly manifest: string;
  readonly config: string;
  readonly layers: Readonly<Partial<Record<Compression, string>>>;
}

/** The media types of each format: image-spec media-types.md, and Docker's image manifest v2 schema 2, which knows no zstd. */
export const FORMAT_TYPES: Readonly<Record<ImageFormat, FormatTypes>> = {
  oci: {
    index: mediaTypes.OCI_INDEX,
    manifest: mediaTypes.OCI_MANIFEST,
    config: mediaTypes.OCI_CONFIG,
    layers: {
      none: mediaTypes.OCI_LAYER,
      gzip: mediaTypes.OCI_LAYER_GZIP,
      zstd: mediaTypes.OCI_LAYER_ZSTD,
    },
  },
  docker: {
    index: mediaTypes.DOCKER_INDEX,
    manifest: mediaTypes.DOCKER_MANIFEST,
    config: mediaTypes.DOCKER_CONFIG,
    layers: { none: mediaTypes.DOCKER_LAYER, gzip: mediaTypes.DOCKER_LAYER_GZIP },
  },
};
