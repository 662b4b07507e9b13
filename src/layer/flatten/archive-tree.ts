import { joinPath, type BytePath } from '../../bytes/index.ts';
import type { BlobSource } from '../../content/index.ts';
import { encodeHeader, NO_XATTRS, type TarEntry, type TarHandler } from '../../tar/index.ts';
import type { Layer } from '../layer.ts';
import { flattenLayers, type FlattenOptions } from './flatten-layers.ts';
import type { FlatTree } from './member-locator.ts';

const BLOCK_BYTES = 512;
const END_MARKER = Buffer.alloc(2 * BLOCK_BYTES);

/** A tree of layers on its way into an archive. */
export interface ArchivedTree {
  readonly tree: FlatTree;
  readonly layers: readonly Layer[];
  /** The directory of the archive that it is put into; none where it is empty. */
  readonly directory: BytePath;
}

/**
 * Writes trees of layers into one tar archive, owners and devices and all. The same layers always give the same bytes.
 * Throws CONTENT and ARCHIVE.
 */
export async function archiveTrees(
  trees: readonly ArchivedTree[],
  from: BlobSource,
  write: (chunk: Uint8Array) => void,
  options: FlattenOptions = {},
): Promise<void> {
  for (const { tree, layers, directory } of trees) {
    if (directory !== '') write(encodeHeader(directoryEntry(directory)));
    await flattenLayers(tree, layers, from, memberWriter(directory, write), options);
  }
  write(END_MARKER);
}

function memberWriter(directory: BytePath, write: (chunk: Uint8Array) => void): TarHandler {
  let size = 0;
  return {
    entry: (entry) => {
      ({ size } = entry);
      write(encodeHeader(moved(entry, directory)));
    },
    data: write,
    end: () => write(Buffer.alloc((BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES)),
  };
}

function moved(entry: TarEntry, directory: BytePath): TarEntry {
  const path = joinPath(directory, entry.path);
  return entry.type === 'hardlink'
    ? { ...entry, path, linkname: joinPath(directory, entry.linkname) }
    : { ...entry, path };
}

function directoryEntry(path: BytePath): TarEntry {
  const owner = { mode: 0o755, uid: 0, gid: 0, mtimeNs: 0n };
  const nothing = { size: 0, linkname: '' as BytePath, devMajor: 0, devMinor: 0, xattrs: NO_XATTRS };
  return { path, type: 'directory', ...owner, ...nothing };
}
