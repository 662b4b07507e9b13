import { readdirSync, type BigIntStats } from 'node:fs';
import { joinPath, toFs, type BytePath } from '../bytes/index.ts';
import { statAt } from './disk-member.ts';
import type { IgnoreRule } from './ignore.ts';

/**
 * A tree's state as scan mode remembers it: path → what lstat said, in one string. ctime is part of it, which
 * no program can set back: a change of content, mode, owner, links or attributes always shows.
 */
export type TreeState = Map<BytePath, string>;

/** Walks the whole tree. Synchronous calls: measured 3 to 6 times faster than fs.promises on large trees. */
export function readTreeState(root: BytePath, ignored: IgnoreRule): TreeState {
  const state: TreeState = new Map();
  const pending: BytePath[] = ['' as BytePath];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const name of readdirSync(toFs(joinPath(root, directory)), { encoding: 'latin1' }) as BytePath[]) {
      const path = joinPath(directory, name);
      if (ignored(path)) continue;
      const stat = statAt(joinPath(root, path));
      if (stat === undefined) continue;
      state.set(path, signature(stat));
      if (stat.isDirectory()) pending.push(path);
    }
  }
  return state;
}

/**
 * For directories ctime and size are left out: they move whenever a child comes or goes. mtime moves then too, and
 * is kept, since the layer restores it.
 */
function signature(stat: BigIntStats): string {
  const shared = `${stat.mode}:${stat.uid}:${stat.gid}:${stat.mtimeNs}`;
  return stat.isDirectory() ? shared : `${shared}:${stat.ctimeNs}:${stat.size}:${stat.ino}:${stat.rdev}`;
}
