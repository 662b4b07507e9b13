import { type BytePath, fromText } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import { type RootView, resolveInRoot } from '../rootfs/index.ts';
import type { TarMember } from '../tar/index.ts';
import { DEFAULT_PARENT_MODE } from './chmod.ts';
import type { Owner } from './copy-request.ts';
import { cleanAbsolute } from './destination.ts';
import { makeDirectories } from './make-directories.ts';
import { PlannedTree } from './planned-tree.ts';

/**
 * The directories WORKDIR has to make, mode 0755 and owned by the current user; none where the path exists. `path` is
 * absolute, `now` in seconds since the epoch. Throws FILESYSTEM where something else is in the way.
 */
export function planWorkdir(
  target: RootView,
  path: string,
  owner: Owner | undefined,
  now: number,
): TarMember[] {
  const tree = new PlannedTree(target);
  const resolved = resolveInRoot(tree, cleanAbsolute(fromText(path)), { followLast: true });
  if (resolved.stat !== undefined && resolved.stat.type !== 'directory') {
    throw new BuildError('FILESYSTEM', `mkdir ${path}: not a directory`, {
      hint: 'the path of this WORKDIR exists and is a file',
    });
  }
  makeDirectories(tree, resolved.path as BytePath, { mode: DEFAULT_PARENT_MODE, owner, now });
  return tree.members();
}
