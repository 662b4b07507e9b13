import type { BlobStore } from '../../content/index.ts';
import type { Descriptor, Digest } from '../../oci/index.ts';

/** A repository by its registry and name. */
export interface RepositoryPlace {
  readonly registry: string;
  readonly name: string;
}

/** What the cache reads of a repository. */
export interface CacheReader extends BlobStore, RepositoryPlace {
  /** Throws REGISTRY_NOT_FOUND where there is no such tag. */
  getManifest(
    tag: string,
    signal?: AbortSignal,
  ): Promise<{ readonly descriptor: Descriptor; readonly bytes: Buffer }>;
}

/** The same repository, opened to write to it. */
export interface CacheWriter extends CacheReader {
  /** The digest a tag names now; undefined for no such tag, and where the registry does not say. */
  digestUnder(tag: string, signal?: AbortSignal): Promise<Digest | undefined>;
  /** Stores a manifest under a tag that others may write to at the same time. */
  replaceTag(descriptor: Descriptor, bytes: Uint8Array, tag: string, signal?: AbortSignal): Promise<void>;
  /** The tags from `after` on, `after` itself left out; undefined where the registry does not list them. */
  tags(after: string, signal?: AbortSignal): Promise<readonly string[] | undefined>;
  /** Removes a manifest and all tags that name it; false where the registry does not do that, or not for us. */
  removeManifest(digest: Digest, signal?: AbortSignal): Promise<boolean>;
  /** Takes a blob over from another repository of the same registry; false where that is not possible. */
  mount(descriptor: Descriptor, from: RepositoryPlace, signal?: AbortSignal): Promise<boolean>;
}
