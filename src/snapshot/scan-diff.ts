import { comparePaths, joinPath, parentPath, type BytePath } from '../bytes/index.ts';
import type { Change } from './change.ts';
import { changeOf, statAt } from './disk-member.ts';
import { LinkGroups } from './link-groups.ts';
import { DIRECTORY, type TreeState } from './tree-state.ts';

/** The changes that lead from one state of a plain directory to another; removed trees are named by their top only. */
export function diffStates(root: BytePath, before: TreeState, after: TreeState): Change[] {
  const links = new LinkGroups();
  const changes: Change[] = [];
  for (const path of [...after.inodes.keys()].sort(comparePaths)) {
    const previous = before.inodes.get(path);
    if (previous === after.inodes.get(path)) continue;
    const stat = statAt(joinPath(root, path));
    const change = stat && changeOf(root, path, stat, previous !== undefined, links);
    if (change !== undefined) changes.push(change);
  }
  for (const path of before.inodes.keys()) {
    if (!after.inodes.has(path) && isTop(path, after)) changes.push({ kind: 'removed', path });
  }
  return changes;
}

/** Whether the directory it was in is still one; else its own removal or replacement says it all. */
function isTop(path: BytePath, after: TreeState): boolean {
  const parent = parentPath(path);
  return parent === '' || after.inodes.get(parent)?.startsWith(DIRECTORY) === true;
}
