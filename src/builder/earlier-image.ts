import { BuildError } from '../errors/index.ts';
import { ImageManifest, isManifestType, type Digest } from '../oci/index.ts';
import type { Repository } from '../registry/index.ts';

/** What a tag of a destination names before a push. */
export interface EarlierImage {
  /** Undefined for no such tag. */
  readonly digest: Digest | undefined;
  /** What the repository has for certain: the blobs of that image. */
  readonly blobs: ReadonlySet<Digest>;
}

/** The image under a tag; undefined where the registry does not tell. One request, in place of one for each layer. */
export async function earlierImage(
  repository: Repository,
  tag: string,
  signal: AbortSignal,
): Promise<EarlierImage | undefined> {
  try {
    const { descriptor, bytes } = await repository.getManifest(tag, signal);
    const isImage = isManifestType(descriptor.mediaType);
    const manifest = isImage ? ImageManifest.parse(JSON.parse(bytes.toString('utf8'))) : undefined;
    const blobs = manifest === undefined ? [] : [manifest.config, ...manifest.layers];
    return { digest: descriptor.digest, blobs: new Set(blobs.map(({ digest }) => digest)) };
  } catch (error) {
    signal.throwIfAborted();
    const isNew = error instanceof BuildError && error.code === 'REGISTRY_NOT_FOUND';
    return isNew ? { digest: undefined, blobs: new Set() } : undefined;
  }
}

/** The same repository, which is not asked for what it is known to have. */
export function knowing(repository: Repository, { blobs }: EarlierImage): Repository {
  return {
    ...repository,
    has: async (descriptor) => blobs.has(descriptor.digest) || (await repository.has(descriptor)),
  };
}
