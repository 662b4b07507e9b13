import { type Digest, type Platform } from '../oci/index.ts';

/** One layer of the image that was built, base layers first. */
export interface ResultLayer {
  readonly digest: Digest;
  /** Compressed bytes. */
  readonly size: number;
  readonly diffId: Digest;
  /** The history line of the step that made it. */
  readonly createdBy?: string | undefined;
  /** True where the layer came with the base image or was there already. */
  readonly reused: boolean;
}

/** What became of an instruction that may change files. */
export interface CacheOutcome {
  /** Stage, place in it, and kind. */
  readonly name: string;
  /** Of a build for several platforms: which of them. */
  readonly platform?: string | undefined;
  /** Taken from the cache. */
  readonly hit: boolean;
  /** What it took to make, now or when it was made. */
  readonly milliseconds: number;
  /** Of its layer, as far as it came from the cache. */
  readonly bytes: number;
  /** Of a step that was built: what is not as it was when it was built before. */
  readonly changed?: readonly string[] | undefined;
}

/** What the layer cache did for a build. */
export interface CacheReport {
  /** In the order in which they were finished. */
  readonly steps: readonly CacheOutcome[];
  readonly fetched: FetchedBytes;
}

/** Bytes of layers, and of what is known of them, that had to be fetched: what a step that was built or a destination needed. */
export interface FetchedBytes {
  /** Out of registries of base images. */
  readonly bases: number;
  /** Out of caches. */
  readonly cache: number;
}

/** What a finished build hands to its front. */
export interface BuildResult {
  /** Digest of the manifest, or of the index of several platforms: what `image@digest` names. */
  readonly digest: Digest;
  /** Digest of the image config; of several platforms that of the index, as no config is the image's. */
  readonly imageId: Digest;
  /** Media type of the manifest or index. */
  readonly mediaType: string;
  /** Bytes of the manifest or index. */
  readonly size: number;
  /** Annotations of the descriptor of the manifest or index, where there are any. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly platforms: readonly Platform[];
  /** Of all platforms, one after the other. */
  readonly layers: readonly ResultLayer[];
  /** What was pushed, in the order asked for; empty where nothing was. */
  readonly destinations: readonly { readonly reference: string; readonly digest: string }[];
  readonly tarPath?: string | undefined;
  readonly ociLayoutPath?: string | undefined;
  readonly milliseconds: number;
  readonly warnings: readonly string[];
  /** Undefined for a build without a layer cache. */
  readonly cache?: CacheReport | undefined;
}
