import { createReadStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fromText, type BytePath } from '../bytes/index.ts';
import { copyBlob, type BlobSource, type LocalBlobStore } from '../content/index.ts';
import { platformOf, writeTo, type Image, type ImageSet } from '../image/index.ts';
import {
  archiveTrees,
  locateMembers,
  unpackTree,
  type ArchivedTree,
  type FlattenOptions,
} from '../layer/index.ts';
import { formatPlatform } from '../oci/index.ts';
import type { BuildSurroundings, Output } from '../request/index.ts';
import { targetOf } from './target-of.ts';

export interface FileTools extends Pick<BuildSurroundings, 'stdout'> {
  readonly blobs: BlobSource;
  /** Where layers are kept while they are read twice. */
  readonly store: LocalBlobStore;
  /** For a file on its way to standard output. */
  readonly scratch: string;
  /** Seconds since the epoch: no time of a file is later. */
  readonly sourceDateEpoch: number | undefined;
  readonly signal: AbortSignal;
}

type FilesOutput = Extract<Output, { readonly kind: 'local' | 'tar' }>;

/**
 * Writes the files of images, as a directory or as an archive; of several platforms each into a directory of its own,
 * named as BuildKit does (`linux_arm64`). Throws FILESYSTEM, and CONTENT and ARCHIVE where layers are damaged.
 */
export async function exportFiles(
  { images }: ImageSet,
  output: FilesOutput,
  tools: FileTools,
): Promise<void> {
  const trees: ArchivedTree[] = [];
  for (const image of images) {
    const directory = (output.split ?? images.length > 1) ? directoryName(image) : ('' as BytePath);
    trees.push(await treeOf(image, directory, tools));
  }
  if (output.kind === 'tar') return await writeArchive(trees, output, tools);
  for (const { tree, layers, directory } of trees)
    await unpackTree(tree, layers, tools.store, join(output.directory, directory), optionsOf(tools));
}

async function treeOf(image: Image, directory: BytePath, tools: FileTools): Promise<ArchivedTree> {
  const { blobs, store, signal } = tools;
  for (const { descriptor } of image.layers) await copyBlob(blobs, store, descriptor, { signal });
  const { layers } = image;
  return { tree: await locateMembers(layers, store, signal), layers, directory };
}

/** Standard output takes its time, which reading layers does not: it gets a finished file. */
async function writeArchive(
  trees: readonly ArchivedTree[],
  { to }: Extract<FilesOutput, { readonly kind: 'tar' }>,
  tools: FileTools,
): Promise<void> {
  const target = targetOf(to, tools);
  const path = typeof target === 'string' ? target : join(tools.scratch, 'files.tar');
  await writeTo(path, (write) =>
    archiveTrees(trees, tools.store, (chunk) => void write(chunk), optionsOf(tools)),
  );
  if (typeof target === 'string') return;
  for await (const chunk of createReadStream(path)) await target(chunk as Uint8Array);
  rmSync(path);
}

function optionsOf({ sourceDateEpoch, signal }: FileTools): FlattenOptions {
  if (sourceDateEpoch === undefined) return { signal };
  return { signal, maxMtimeNs: BigInt(sourceDateEpoch) * 1_000_000_000n };
}

function directoryName(image: Image): BytePath {
  return fromText(formatPlatform(platformOf(image)).replaceAll('/', '_'));
}
