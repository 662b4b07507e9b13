import { comparePaths, joinPath, parentPath, type BytePath } from '../bytes/index.ts';
import type { Change } from './change.ts';
import { memberOf, statAt } from './disk-member.ts';
import { LinkGroups } from './link-groups.ts';
import type { TreeState } from './tree-state.ts';

/** The changes that lead from one state of a plain directory to another; removed trees are named by their top only. */
export function diffStates(root: BytePath, before: TreeState, after: TreeState): Change[] {
  const links = new LinkGroups();
  const changes: Change[] = [];
  for (const path of [...after.keys()].sort(comparePaths)) {
    const previous = before.get(path);
    if (previous === after.get(path)) continue;
    const stat = statAt(joinPath(root, path));
    const member = stat === undefined ? undefined : memberOf(root, path, stat);
    if (stat === undefined || member === undefined) continue;
    changes.push({ kind: previous === undefined ? 'added' : 'modified', member: links.admit(member, stat) });
  }
  for (const path of before.keys()) {
    if (after.has(path)) continue;
    const parent = parentPath(path);
    if (parent === '' || after.has(parent)) changes.push({ kind: 'removed', path });
  }
  return changes;
}
