import {
  chmodSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  type BigIntStats,
} from 'node:fs';
import { joinPath, toFs, type BytePath } from '../../bytes/index.ts';
import { statAt } from '../disk-member.ts';
import { setTime } from '../set-time.ts';
import { namesIn, type KeptPaths } from '../../rootfs/index.ts';

/** A directory that stayed in the root because of what is kept below it, and how it was before a tree came. */
export interface SharedDirectory {
  readonly path: BytePath;
  readonly before: BigIntStats;
}

/**
 * Renames what a parked tree has into the root. Where the root has a directory that must stay, the tree's directory of
 * that name is emptied into it, and lends it owner, mode and time. What would lie on something kept stays parked: RUN
 * sees the mount in its place. Returns the directories that are shared.
 */
export function moveIn(parked: BytePath, root: BytePath, kept: KeptPaths): SharedDirectory[] {
  const shared: SharedDirectory[] = [];
  const into = (directory: BytePath): void => {
    for (const name of namesIn(joinPath(parked, directory))) {
      const path = joinPath(directory, name);
      if (kept.isKept(path)) continue;
      if (kept.leadsToKept(path)) share(path);
      else move(joinPath(parked, path), joinPath(root, path));
    }
  };
  const share = (path: BytePath): void => {
    const own = statAt(joinPath(parked, path));
    const before = statAt(joinPath(root, path));
    // A link or file of the tree cannot be where a directory has to stay.
    if (own?.isDirectory() !== true || before?.isDirectory() !== true) return;
    shared.push({ path, before });
    into(path);
    lendMetadata(own, joinPath(root, path));
  };
  into('' as BytePath);
  return shared;
}

/** The way back: everything in the root that is not kept goes to the parked tree, whoever made it. */
export function moveOut(
  root: BytePath,
  parked: BytePath,
  kept: KeptPaths,
  shared: readonly SharedDirectory[],
): void {
  const out = (directory: BytePath): void => {
    for (const name of namesIn(joinPath(root, directory))) {
      const path = joinPath(directory, name);
      if (kept.isKept(path)) continue;
      if (kept.leadsToKept(path)) unshare(path);
      else move(joinPath(root, path), joinPath(parked, path));
    }
  };
  const unshare = (path: BytePath): void => {
    const now = lstatSync(toFs(joinPath(root, path)), { bigint: true });
    const target = joinPath(parked, path);
    const wasShared = shared.some((directory) => directory.path === path);
    if (!wasShared && !holdsMore(path)) return;
    if (statAt(target) === undefined) mkdirSync(toFs(target));
    out(path);
    if (statAt(target)?.isDirectory() === true) lendMetadata(now, target);
  };
  /** Whether RUN put something into a directory that the tree does not have. */
  const holdsMore = (path: BytePath): boolean =>
    namesIn(joinPath(root, path)).some((name) => {
      const below = joinPath(path, name);
      if (kept.isKept(below)) return false;
      return !kept.leadsToKept(below) || holdsMore(below);
    });
  out('' as BytePath);
  for (const { path, before } of shared) lendMetadata(before, joinPath(root, path));
}

/** Renames, also where a directory comes from a lower layer of an overlay: what is in it can be renamed one by one. */
export function move(from: BytePath, to: BytePath): void {
  try {
    renameSync(toFs(from), toFs(to));
  } catch (error) {
    const stat = lstatSync(toFs(from), { bigint: true });
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV' || !stat.isDirectory()) throw error;
    mkdirSync(toFs(to));
    // Whoever finds it half done finds it with the right owner.
    lendMetadata(stat, to);
    for (const name of namesIn(from)) move(joinPath(from, name), joinPath(to, name));
    lendMetadata(stat, to);
    rmdirSync(toFs(from));
  }
}

function lendMetadata(from: BigIntStats, to: BytePath): void {
  lchownSync(toFs(to), Number(from.uid), Number(from.gid));
  chmodSync(toFs(to), Number(from.mode) & 0o7777);
  setTime(to, from.mtimeNs);
}
