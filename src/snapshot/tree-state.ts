import { chmodSync, lstatSync, type BigIntStats } from 'node:fs';
import { joinPath, toFs, type BytePath } from '../bytes/index.ts';
import { namesIn } from '../rootfs/index.ts';
import { statAt, wholeMilliseconds } from './disk-member.ts';
import type { IgnoreRule } from './ignore.ts';

/** A tree's state as scan mode remembers it. */
export interface TreeState {
  /**
   * Path → what lstat said, in one string. ctime is part of it, which no program can set back: a change of content,
   * mode, owner, links or attributes always shows.
   */
  readonly inodes: ReadonlyMap<BytePath, string>;
  /** The youngest ctime seen, in nanoseconds since the epoch. */
  readonly newestChangeNs: bigint;
}

/** What the strings of directories begin with. */
export const DIRECTORY = 'd:';

/** Walks the whole tree. Synchronous calls: measured 3 to 6 times faster than fs.promises on large trees. */
export function readTreeState(root: BytePath, ignored: IgnoreRule): TreeState {
  const inodes = new Map<BytePath, string>();
  let newestChangeNs = 0n;
  const pending: BytePath[] = ['' as BytePath];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const name of openedNames(joinPath(root, directory))) {
      const path = joinPath(directory, name);
      if (ignored(path)) continue;
      const stat = statAt(joinPath(root, path));
      if (stat === undefined) continue;
      inodes.set(path, signature(stat));
      if (stat.ctimeNs > newestChangeNs) newestChangeNs = stat.ctimeNs;
      if (stat.isDirectory()) pending.push(path);
    }
  }
  return { inodes, newestChangeNs };
}

/** Without privileges a directory that its owner may not read has to be opened up first. */
function openedNames(directory: BytePath): BytePath[] {
  try {
    return namesIn(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    chmodSync(toFs(directory), (lstatSync(toFs(directory)).mode & 0o7777) | 0o700);
    return namesIn(directory);
  }
}

/**
 * For directories ctime and size are left out: they move when mount points come and go. mtime moves then too, and is
 * set back as far as it counts.
 */
function signature(stat: BigIntStats): string {
  const shared = `${stat.mode}:${stat.uid}:${stat.gid}`;
  if (stat.isDirectory()) return `${DIRECTORY}${shared}:${wholeMilliseconds(stat.mtimeNs)}`;
  return `${shared}:${stat.mtimeNs}:${stat.ctimeNs}:${stat.size}:${stat.ino}:${stat.rdev}`;
}
