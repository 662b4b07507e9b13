import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from './document.ts';
import { encodeIndex } from './encode-documents.ts';
import type { ManifestBytes, ManifestSource } from './image.ts';
import { readIndex, requireLayoutVersion } from './layout-files.ts';
import { MANIFEST_LIMIT_BYTES } from './limits.ts';
import { DirectoryStore, readBlob } from '../content/index.ts';
import { BuildError } from '../errors/index.ts';
import { digestOf, isDigest, mediaTypes, type Descriptor, type ImageIndex } from '../oci/index.ts';

/** Annotations that name an image of a layout: image-spec annotations.md, and containerd's. */
const NAMES = ['org.opencontainers.image.ref.name', 'io.containerd.image.name'];
const Own = z.looseObject({ mediaType: z.string().optional(), manifests: z.unknown().optional() });
const DEFAULT_TAG = 'latest';

/** An image layout, and which image of it. */
export interface LayoutImage {
  readonly directory: string;
  /** A name in the layout, or the tag it ends in. */
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

/**
 * An image of an OCI layout: where its documents and blobs are read from, and the manifest or index to begin with. Without
 * a tag that is `latest`, or else whatever the layout holds for the platform. Throws IMAGE where there is no such image.
 */
export async function openLayout(
  image: LayoutImage,
  signal?: AbortSignal,
): Promise<{ readonly source: ManifestSource; readonly root: ManifestBytes }> {
  const { source, index } = openDirectory(image.directory);
  const chosen = choose(image, index);
  return { source, root: chosen === undefined ? wholeIndex(index) : await read(source, chosen, signal) };
}

/** The documents and blobs of an OCI layout, by digest. Throws IMAGE where there is no layout. */
export function layoutSource(directory: string): ManifestSource {
  return openDirectory(directory).source;
}

function openDirectory(directory: string): { readonly source: ManifestSource; readonly index: ImageIndex } {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new BuildError('IMAGE', `there is no image layout ${directory}`);
  if (!requireLayoutVersion(join(directory, 'oci-layout')))
    throw new BuildError('IMAGE', `${directory} is no OCI image layout: it has no file oci-layout`);
  const index = readIndex(join(directory, 'index.json'));
  return { source: sourceOf(new DirectoryStore(directory), index), index };
}

function sourceOf(store: DirectoryStore, index: ImageIndex): ManifestSource {
  return {
    open: (descriptor, signal) => store.open(descriptor, signal),
    getManifest: async (digest, signal) => {
      if (!isDigest(digest)) throw new BuildError('IMAGE', `not a digest: ${JSON.stringify(digest)}`);
      const listed = index.manifests.find((entry) => entry.digest === digest);
      const descriptor = listed ?? unlisted(store.pathOf(digest), digest);
      const bytes = await readBlob(store, descriptor, MANIFEST_LIMIT_BYTES, signal);
      return { descriptor: listed ?? { ...descriptor, mediaType: mediaTypeOf(bytes) }, bytes };
    },
  };
}

/** A document that the index does not list. */
function unlisted(path: string, digest: Descriptor['digest']): Descriptor {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw new BuildError('IMAGE', `the layout has no ${digest}`);
  return { mediaType: mediaTypes.OCI_MANIFEST, digest, size };
}

/** What an unlisted document is, by its own words. */
function mediaTypeOf(bytes: Buffer): string {
  const { mediaType, manifests } = Own.safeParse(parseJson(bytes, 'a document of the layout')).data ?? {};
  return mediaType ?? (manifests === undefined ? mediaTypes.OCI_MANIFEST : mediaTypes.OCI_INDEX);
}

function choose(
  { directory, tag, digest }: LayoutImage,
  { manifests }: ImageIndex,
): Descriptor | string | undefined {
  if (digest !== undefined) return manifests.find((entry) => entry.digest === digest) ?? digest;
  const found = manifests.find((entry) => hasName(entry, tag ?? DEFAULT_TAG));
  if (found !== undefined || tag === undefined) return found;
  const names = manifests.flatMap(namesOf);
  throw new BuildError('IMAGE', `the image layout ${directory} has no image ${JSON.stringify(tag)}`, {
    hint: names.length === 0 ? 'its images have no names: give a digest' : `it has ${names.join(', ')}`,
  });
}

function hasName(entry: Descriptor, tag: string): boolean {
  return namesOf(entry).some((name) => name === tag || name.endsWith(`:${tag}`));
}

function namesOf({ annotations }: Descriptor): string[] {
  return NAMES.flatMap((key) => annotations?.[key] ?? []);
}

async function read(
  source: ManifestSource,
  chosen: Descriptor | string,
  signal: AbortSignal | undefined,
): Promise<ManifestBytes> {
  return source.getManifest(typeof chosen === 'string' ? chosen : chosen.digest, signal);
}

/** What the layout lists, as an index like any other: the platform decides. */
function wholeIndex(index: ImageIndex): ManifestBytes {
  const bytes = encodeIndex(index);
  const descriptor = { mediaType: mediaTypes.OCI_INDEX, digest: digestOf(bytes), size: bytes.length };
  return { descriptor, bytes };
}
