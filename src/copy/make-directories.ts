import { type BytePath, components, joinPath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import { NO_XATTRS } from '../tar/index.ts';
import type { Owner } from './copy-request.ts';
import type { PlannedTree } from './planned-tree.ts';

export interface NewDirectories {
  readonly mode: number;
  /** Who gets them; where undefined root does, or the parent's group below a setgid directory as the kernel has it. */
  readonly owner: Owner | undefined;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** Plans every missing directory of a resolved path. Throws FILESYSTEM where something else is in the way. */
export function makeDirectories(tree: PlannedTree, path: BytePath, settings: NewDirectories): void {
  let at = '/' as BytePath;
  for (const name of components(path)) {
    const parent = at;
    at = joinPath(at, name);
    const stat = tree.lstat(at);
    if (stat?.type === 'directory') continue;
    if (stat !== undefined) throw new BuildError('FILESYSTEM', `mkdir ${at}: not a directory`);
    makeDirectory(tree, at, parent, settings);
  }
}

function makeDirectory(tree: PlannedTree, path: BytePath, parent: BytePath, settings: NewDirectories): void {
  const above = tree.lstat(parent);
  const setgid = (above?.mode ?? 0) & 0o2000;
  tree.put(path, {
    type: 'directory',
    mode: settings.mode | setgid,
    uid: settings.owner?.uid ?? 0,
    gid: settings.owner?.gid ?? (setgid === 0 ? 0 : (above?.gid ?? 0)),
    size: 0,
    mtimeNs: BigInt(settings.now) * 1_000_000_000n,
    devMajor: 0,
    devMinor: 0,
    linkname: '' as BytePath,
    xattrs: NO_XATTRS,
  });
}
