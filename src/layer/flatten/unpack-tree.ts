import { lstatSync, mkdirSync, realpathSync, type Stats } from 'node:fs';
import { fromBytes, joinPath, parentPath, toFs, toText, type BytePath } from '../../bytes/index.ts';
import type { BlobSource } from '../../content/index.ts';
import { BuildError, toBuildError } from '../../errors/index.ts';
import { LayerUnpacker } from '../../rootfs/index.ts';
import type { Layer } from '../layer.ts';
import { flattenLayers, type FlattenOptions } from './flatten-layers.ts';
import type { FlatTree } from './member-locator.ts';

/**
 * Writes the tree that layers make together into a directory of this machine, which is made where it is missing. What is
 * there stays, unless the tree has a file of that name; links in it are never followed. Owners are set by root only; devices
 * are left out. Throws FILESYSTEM, before anything is written where a file of the tree would replace a directory.
 */
export async function unpackTree(
  tree: FlatTree,
  layers: readonly Layer[],
  from: BlobSource,
  directory: string,
  options: FlattenOptions = {},
): Promise<void> {
  const root = makeDirectory(directory);
  refuseReplacedDirectories(tree, root);
  const unpacker = new LayerUnpacker(root, { devices: 'skip' });
  try {
    await flattenLayers(tree, layers, from, unpacker, options);
    unpacker.finish();
  } catch (error) {
    unpacker.abort();
    throw error;
  }
}

/** The directory by its real name. */
function makeDirectory(directory: string): BytePath {
  try {
    mkdirSync(directory, { recursive: true });
    const real = fromBytes(realpathSync(directory, { encoding: 'buffer' }));
    if (real !== '/') return real;
  } catch (error) {
    throw toBuildError(error);
  }
  throw new BuildError('USAGE', 'the files of an image are not written over the root directory', {
    hint: 'name a directory of their own',
  });
}

/** No tree of the user's is removed to make room for a file. */
function refuseReplacedDirectories({ members, files }: FlatTree, root: BytePath): void {
  const standing = new Set<BytePath>(['' as BytePath]);
  const entries = [...members, ...[...files.values()].flatMap(({ entry, links }) => [entry, ...links])];
  for (const { path, type } of entries) {
    // Below what is no directory yet, nothing can be in the way.
    if (!standing.has(parentPath(path))) continue;
    if (statOf(joinPath(root, path))?.isDirectory() !== true) continue;
    if (type === 'directory') standing.add(path);
    else
      throw new BuildError(
        'FILESYSTEM',
        `${toText(joinPath(root, path))} is a directory, and a file in the image`,
        {
          hint: 'write the files into an empty directory',
        },
      );
  }
}

function statOf(path: BytePath): Stats | undefined {
  return lstatSync(toFs(path), { throwIfNoEntry: false });
}
