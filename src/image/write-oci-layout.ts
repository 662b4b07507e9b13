import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { distinctLayers, streamOf } from './document-blobs.ts';
import { encodeIndex } from './encode-documents.ts';
import type { Image } from './image.ts';
import { readIndex, requireLayoutVersion } from './layout-files.ts';
import { replaceFile } from './replace-file.ts';
import { copyBlob, DirectoryStore, type BlobSource, type BlobStore } from '../content/index.ts';
import { toBuildError } from '../errors/index.ts';
import type { Descriptor, ImageIndex } from '../oci/index.ts';

const REF_NAME = 'org.opencontainers.image.ref.name';

export interface WriteOptions {
  /** Names the image gets. */
  readonly tags: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes an image as an OCI layout (image-spec image-layout.md), or into one that is there: an entry of the same name is
 * replaced, the others stay. `index.json` changes last and at once. Throws FILESYSTEM, and IMAGE where the directory holds
 * a layout of another version.
 */
export async function writeOciLayout(
  image: Image,
  from: BlobSource,
  directory: string,
  options: WriteOptions,
): Promise<void> {
  createDirectory(directory);
  const marker = join(directory, 'oci-layout');
  const isNew = !requireLayoutVersion(marker);
  const index = readIndex(join(directory, 'index.json'));
  await writeBlobs(image, from, new DirectoryStore(directory), options.signal);
  if (isNew) await replaceFile(marker, (write) => write(Buffer.from('{"imageLayoutVersion":"1.0.0"}')));
  const bytes = encodeIndex(withImage(index, image, options.tags));
  await replaceFile(join(directory, 'index.json'), (write) => write(bytes));
}

function createDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw toBuildError(error);
  }
}

/** One after the other: it is one disk. */
async function writeBlobs(
  image: Image,
  from: BlobSource,
  to: BlobStore,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const layer of distinctLayers(image)) await copyBlob(from, to, layer, { signal });
  await to.put(image.manifest.config, streamOf(image.configBytes), signal);
  await to.put(image.descriptor, streamOf(image.manifestBytes), signal);
}

/** The index with the image under its names, in place of what had one of them; without names, once as it is. */
function withImage(index: ImageIndex, image: Image, tags: readonly string[]): ImageIndex {
  const names = new Set<string | undefined>(tags.length === 0 ? [undefined] : tags);
  const isReplaced = (entry: Descriptor): boolean => {
    const name = entry.annotations?.[REF_NAME];
    return names.has(name) && (name !== undefined || entry.digest === image.descriptor.digest);
  };
  const added = [...names].map((name) => namedDescriptor(image, name));
  return { ...index, manifests: [...index.manifests.filter((entry) => !isReplaced(entry)), ...added] };
}

function namedDescriptor(image: Image, name: string | undefined): Descriptor {
  const { mediaType, digest, size } = image.descriptor;
  const { os, architecture, variant } = image.config;
  const platform = variant === undefined ? { os, architecture } : { os, architecture, variant };
  const plain = { mediaType, digest, size, platform };
  return name === undefined ? plain : { ...plain, annotations: { [REF_NAME]: name } };
}
