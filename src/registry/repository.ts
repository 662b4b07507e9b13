import { type BlobStore } from '../content/index.ts';
import { type Descriptor, type Digest } from '../oci/index.ts';

/**
 * Content to upload: a function that starts reading it, or an iterable. What is its own iterator, or a stream, is read once
 * and not sent again after a failure.
 */
export type BlobContent = AsyncIterable<Uint8Array> | (() => AsyncIterable<Uint8Array>);

/** One repository of a registry. What it reads is verified. */
export interface Repository extends BlobStore {
  readonly registry: string;
  readonly name: string;
  /** A manifest or index, at most 4 MiB. Throws REGISTRY_NOT_FOUND, REGISTRY_AUTH, CONTENT, REGISTRY, NETWORK. */
  getManifest(
    tagOrDigest: string,
    signal?: AbortSignal,
  ): Promise<{ readonly descriptor: Descriptor; readonly bytes: Buffer }>;
  /** The digest a tag names, by the registry's own word; undefined for no such tag, and where it does not say. */
  digestUnder(tag: string, signal?: AbortSignal): Promise<Digest | undefined>;
  /** Stores a manifest under a tag, or under its digest alone. */
  putManifest(
    descriptor: Descriptor,
    bytes: Uint8Array,
    tag: string | undefined,
    signal?: AbortSignal,
  ): Promise<void>;
  /** As putManifest under a tag that others may write to at the same time: what it names afterwards is not looked at. */
  replaceTag(descriptor: Descriptor, bytes: Uint8Array, tag: string, signal?: AbortSignal): Promise<void>;
  /** The tags after a name, in the registry's order, perhaps others too; undefined where the registry does not list them. */
  tags(after: string, signal?: AbortSignal): Promise<readonly string[] | undefined>;
  /** Removes a manifest and all tags that name it; false where the registry does not do that, or not for this user. */
  removeManifest(digest: Digest, signal?: AbortSignal): Promise<boolean>;
  put(descriptor: Descriptor, content: BlobContent, signal?: AbortSignal): Promise<void>;
  /** Takes a blob from another repository of the same registry; false where that is not possible. */
  mount(
    descriptor: Descriptor,
    from: { readonly registry: string; readonly name: string },
    signal?: AbortSignal,
  ): Promise<boolean>;
  /** Throws REGISTRY_AUTH where pushing is not allowed: starts an upload and cancels it. */
  checkPush(signal?: AbortSignal): Promise<void>;
}
