import { createReadStream, statSync, writeFileSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DirectoryStore, type BlobSource } from '../../content/index.ts';
import {
  loadArchive,
  openLayout,
  readSet,
  type ManifestSource,
  type ManifestBytes,
  type ReadSet,
} from '../../image/index.ts';
import { recompressLayer } from '../../layer/index.ts';
import { isDigest, layerCompression } from '../../oci/index.ts';
import { formatRepository, parseReference, withDefaultTag } from '../../reference/index.ts';
import type { RegistryClient } from '../../registry/index.ts';
import { assembleImage, type Image } from '../../image/index.ts';

/** Where images are looked for. */
export interface SourcePlaces {
  readonly registry: RegistryClient;
  /** What relative paths start from. */
  readonly cwd: string;
  /** Where archives are unpacked to. */
  readonly scratch: string;
  /** `registry/repository` that a bare digest belongs to. */
  readonly repository: string | undefined;
  readonly signal: AbortSignal;
}

/** An image or index that was found, and where its layers are read. */
export interface OpenedSource {
  readonly read: ReadSet;
  readonly blobs: BlobSource;
  /** `registry/repository` it came from, where it did. */
  readonly origin?: { readonly registry: string; readonly name: string } | undefined;
}

/**
 * The image or index that a word names: a directory with an OCI layout, an archive of one or of `docker save`, or what a
 * registry has under a reference or digest. Layers of a Docker archive that are not compressed become gzip, as registries
 * expect them. Throws IMAGE, ARCHIVE, REFERENCE, and what registries throw.
 */
export async function openSource(text: string, places: SourcePlaces): Promise<OpenedSource> {
  const path = resolve(places.cwd, text);
  const stat = isDigest(text) ? undefined : statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) return openDirectory(path, places);
  if (stat?.isFile() === true) return openArchive(path, places);
  return openRemote(text, places);
}

async function openDirectory(directory: string, { signal }: SourcePlaces): Promise<OpenedSource> {
  const { source, root } = await openLayout({ directory }, signal);
  return opened(source, await soleRoot(source, root, signal), signal);
}

/** A layout whose only image has another name than `latest` is taken for that image, not for an index of it. */
async function soleRoot(
  source: ManifestSource,
  root: ManifestBytes,
  signal: AbortSignal,
): Promise<ManifestBytes> {
  const { manifests = [] } = JSON.parse(root.bytes.toString('utf8')) as {
    readonly manifests?: readonly { readonly digest: string; readonly annotations?: object }[];
  };
  const digests = new Set(manifests.map(({ digest }) => digest));
  const [only] = digests;
  const isNamed = manifests.some(
    ({ annotations = {} }) => 'org.opencontainers.image.ref.name' in annotations,
  );
  if (only === undefined || digests.size > 1 || !(isNamed || manifests.length === 1)) return root;
  return source.getManifest(only, signal);
}

async function openArchive(path: string, places: SourcePlaces): Promise<OpenedSource> {
  const { scratch, signal } = places;
  const directory = join(scratch, 'archive');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const store = new DirectoryStore(directory);
  const loaded = await loadArchive(createReadStream(path), store, signal);
  if (loaded.kind === 'oci') {
    writeFileSync(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    writeFileSync(join(directory, 'index.json'), loaded.index);
    return openDirectory(directory, places);
  }
  const image = await compressed(loaded.image, store, signal);
  return { read: { set: { images: [image] }, artifacts: new Set() }, blobs: store };
}

async function compressed(image: Image, store: DirectoryStore, signal: AbortSignal): Promise<Image> {
  const layers = [];
  for (const layer of image.layers) {
    const isPlain = layerCompression(layer.descriptor.mediaType) === 'none';
    const gzip = { from: store, to: store, compression: { kind: 'gzip' }, signal } as const;
    layers.push(isPlain ? await recompressLayer(layer, gzip) : layer);
  }
  return assembleImage({ config: image.config, configBytes: image.configBytes, layers });
}

async function openRemote(
  text: string,
  { registry, repository, signal }: SourcePlaces,
): Promise<OpenedSource> {
  const name = isDigest(text) && repository !== undefined ? `${repository}@${text}` : text;
  const reference = withDefaultTag(parseReference(name));
  const found = await registry.resolve(reference, signal);
  const origin = { registry: found.repository.registry, name: found.repository.name };
  return { ...(await opened(found.repository, found, signal)), origin };
}

async function opened(
  source: ManifestSource,
  { descriptor, bytes }: ManifestBytes,
  signal: AbortSignal,
): Promise<OpenedSource> {
  return { read: await readSet(source, { descriptor, bytes }, signal), blobs: source };
}

/** `registry/repository` of a reference. */
export function repositoryName(text: string): string {
  return formatRepository(parseReference(text));
}
