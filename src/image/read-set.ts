import { documentsOf } from './document-blobs.ts';
import { parseDocument } from './document.ts';
import type { Image, ImageSet, ManifestBytes, ManifestSource } from './image.ts';
import { imageLayers } from './image-layers.ts';
import { readConfig } from './read-config.ts';
import { streamOf, readBlob, type BlobSource } from '../content/index.ts';
import { BuildError } from '../errors/index.ts';
import type { Descriptor, Digest, ImageManifest } from '../oci/index.ts';
import { CONFIG_LIMIT_BYTES } from './limits.ts';

/** Everything a manifest or index names. */
export interface ReadSet {
  readonly set: ImageSet;
  /** Manifests among the images that are none, such as attestations: their layers are just blobs. */
  readonly artifacts: ReadonlySet<Digest>;
}

/**
 * Reads the documents of an image, or of every image of an index, without any layer. Throws IMAGE where they make no sense
 * together and for an index of indexes, CONTENT where bytes do not match.
 */
export async function readSet(
  source: ManifestSource,
  root: ManifestBytes,
  signal?: AbortSignal,
): Promise<ReadSet> {
  const document = parseDocument(root);
  if (document.kind === 'manifest')
    return {
      set: { images: [await readOne(source, root, document.manifest, signal)] },
      artifacts: new Set(),
    };
  const artifacts = new Set<Digest>();
  const images: Image[] = [];
  for (const child of document.index.manifests) {
    const { bytes } = await source.getManifest(child.digest, signal);
    const parsed = parseDocument({ descriptor: child, bytes });
    if (parsed.kind === 'index') throw new BuildError('IMAGE', `${child.digest} is an index inside an index`);
    const read = isArtifact(child) ? readArtifact : readOne;
    if (isArtifact(child)) artifacts.add(child.digest);
    images.push(await read(source, { descriptor: child, bytes }, parsed.manifest, signal));
  }
  const [first, ...more] = images;
  if (first === undefined) throw new BuildError('IMAGE', `the index ${root.descriptor.digest} is empty`);
  return { set: { images: [first, ...more], index: root }, artifacts };
}

/** A source that has the documents of a set as blobs too, which registries keep apart. */
export function withDocuments(source: BlobSource, set: ImageSet): BlobSource {
  const documents = new Map(documentsOf(set).map((one) => [one.descriptor.digest, one.bytes]));
  return {
    open: (descriptor, signal) => {
      const bytes = documents.get(descriptor.digest);
      return bytes === undefined ? source.open(descriptor, signal) : streamOf(bytes);
    },
  };
}

async function readOne(
  source: BlobSource,
  { descriptor, bytes }: ManifestBytes,
  manifest: ImageManifest,
  signal?: AbortSignal,
): Promise<Image> {
  const { config, configBytes } = await readConfig(source, manifest, signal);
  return {
    descriptor,
    manifest,
    manifestBytes: bytes,
    config,
    configBytes,
    layers: imageLayers(manifest, config),
  };
}

async function readArtifact(
  source: BlobSource,
  { descriptor, bytes }: ManifestBytes,
  manifest: ImageManifest,
  signal?: AbortSignal,
): Promise<Image> {
  const configBytes = await readBlob(source, manifest.config, CONFIG_LIMIT_BYTES, signal);
  const layers = manifest.layers.map((layer) => ({ descriptor: layer, diffId: layer.digest }));
  const config = { os: 'unknown', architecture: 'unknown' };
  return { descriptor, manifest, manifestBytes: bytes, config, configBytes, layers };
}

function isArtifact({ annotations, platform }: Descriptor): boolean {
  return annotations?.['vnd.docker.reference.type'] !== undefined || platform?.os === 'unknown';
}
