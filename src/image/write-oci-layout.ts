import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { distinctLayers, documentsOf } from './document-blobs.ts';
import type { ImageSet } from './image.ts';
import { readIndex, requireLayoutVersion } from './layout-files.ts';
import { layoutIndex, layoutNames, LAYOUT_MARKER, type LayoutNaming } from './layout-index.ts';
import { replaceFile } from './replace-file.ts';
import { streamOf, copyBlob, DirectoryStore, type BlobSource, type BlobStore } from '../content/index.ts';
import { toBuildError } from '../errors/index.ts';

export interface WriteOptions {
  /** Names the image gets. */
  readonly tags: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

export interface LayoutOptions extends WriteOptions {
  /** `verbatim` where it is not given. */
  readonly naming?: LayoutNaming | undefined;
}

/**
 * Writes images as an OCI layout (image-spec image-layout.md), or into one that is there: an entry of the same name is
 * replaced, the others stay. `index.json` changes last and at once. Throws FILESYSTEM, and IMAGE where the directory holds
 * a layout of another version.
 */
export async function writeOciLayout(
  set: ImageSet,
  from: BlobSource,
  directory: string,
  { tags, naming = 'verbatim', signal }: LayoutOptions,
): Promise<void> {
  createDirectory(directory);
  const marker = join(directory, 'oci-layout');
  const isNew = !requireLayoutVersion(marker);
  const index = readIndex(join(directory, 'index.json'));
  await writeBlobs(set, from, new DirectoryStore(directory), signal);
  if (isNew) await replaceFile(marker, (write) => write(LAYOUT_MARKER));
  const bytes = layoutIndex(index, set, layoutNames(tags, naming));
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
  set: ImageSet,
  from: BlobSource,
  to: BlobStore,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const layer of distinctLayers(...set.images)) await copyBlob(from, to, layer, { signal });
  for (const { descriptor, bytes } of documentsOf(set)) await to.put(descriptor, streamOf(bytes), signal);
}
