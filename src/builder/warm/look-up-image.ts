import { readImage, type Image, type ManifestBytes, type ManifestSource } from '../../image/index.ts';
import { isDigest, type Platform } from '../../oci/index.ts';
import { formatReference, parseReference, withDefaultTag } from '../../reference/index.ts';
import type { RegistryClient, Repository } from '../../registry/index.ts';
import type { WarmBases } from './warm-bases.ts';

/** An image as a registry has it, with every document on the way from its reference to it. */
export interface FoundImage {
  /** Whole, with its registry and tag or digest. */
  readonly reference: string;
  readonly platform: Platform;
  readonly image: Image;
  /** The manifest or index the reference names, first. */
  readonly documents: readonly [ManifestBytes, ...ManifestBytes[]];
  readonly repository: Repository;
}

/** Looks an image up: what is known already is not asked for, so that one by digest takes no request then. */
export async function lookUpImage(
  text: string,
  platform: Platform,
  registry: RegistryClient,
  known: WarmBases | undefined,
  signal: AbortSignal,
): Promise<FoundImage> {
  const reference = withDefaultTag(parseReference(text));
  const here = reference.digest && (await known?.manifest(reference.digest, signal));
  const { repository, ...root } =
    here === undefined
      ? await registry.resolve(reference, signal)
      : { ...here, repository: registry.repository(reference, 'pull') };
  const documents: [ManifestBytes, ...ManifestBytes[]] = [root];
  const source = recording(known?.before(repository) ?? repository, documents);
  const image = await readImage(source, root, platform, signal);
  return { reference: formatReference(reference), platform, image, documents, repository };
}

/** The same source; manifests it gives are noted. */
function recording(source: ManifestSource, documents: ManifestBytes[]): ManifestSource {
  return {
    open: (blob, signal) => source.open(blob, signal),
    getManifest: async (name, signal) => {
      const found = await source.getManifest(name, signal);
      if (isDigest(name)) documents.push(found);
      return found;
    },
  };
}
