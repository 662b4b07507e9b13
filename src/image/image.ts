import type { BlobSource } from '../content/index.ts';
import type { Descriptor, Digest, ImageConfig, ImageManifest } from '../oci/index.ts';

/** A layer as an image lists it. */
export interface ImageLayer {
  readonly descriptor: Descriptor;
  /** The digest of the layer's tar, uncompressed. */
  readonly diffId: Digest;
}

/** An image of one platform: both its documents, parsed and as the bytes their digests are made of. */
export interface Image {
  /** Of the manifest. */
  readonly descriptor: Descriptor;
  readonly manifest: ImageManifest;
  readonly manifestBytes: Buffer;
  readonly config: ImageConfig;
  readonly configBytes: Buffer;
  /** Base first; as many as the config has diff IDs. */
  readonly layers: readonly ImageLayer[];
}

/** Annotations by their keys. */
export type Annotations = Readonly<Record<string, string>>;

/** What is written or pushed as one thing: an image, or an index of images for several platforms. */
export interface ImageSet {
  readonly images: readonly [Image, ...Image[]];
  /** Absent where there is one image and no index. */
  readonly index?: ManifestBytes | undefined;
}

/** A manifest or index as its source gave it. */
export interface ManifestBytes {
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
}

/** Where manifests and the blobs they name come from: a registry's repository, an OCI layout. */
export interface ManifestSource extends BlobSource {
  getManifest(tagOrDigest: string, signal?: AbortSignal): Promise<ManifestBytes>;
}
