import { comparePaths, type BytePath } from '../bytes/index.ts';
import type { Change } from '../snapshot/index.ts';
import type { TarMember } from '../tar/index.ts';
import { linkTo } from './link-order.ts';
import { MergedTree } from './merged-tree.ts';

/**
 * Many steps as one: the changes that lead from the tree before the first step to the tree after the last. What a later
 * step removed leaves no trace unless it `existedBefore` the first. A directory that took the place of something that
 * is gone is both removed and added. Content of members is not touched here; it must stay readable until it is written.
 */
export function mergeChanges(
  steps: readonly (readonly Change[])[],
  existedBefore: (path: BytePath) => boolean,
): Change[] {
  const tree = new MergedTree();
  for (const step of steps) applyStep(tree, step, existedBefore);
  return [...remainingMembers(tree, existedBefore), ...remainingRemovals(tree)];
}

function applyStep(
  tree: MergedTree,
  step: readonly Change[],
  existedBefore: (path: BytePath) => boolean,
): void {
  const clear = (path: BytePath, member: TarMember | undefined) => {
    const node = tree.at(path);
    node.children.clear();
    node.member = member;
    node.gone ||= existedBefore(path);
  };
  for (const change of step) if (change.kind === 'removed') clear(change.path, undefined);
  const members = step.flatMap((change) => (change.kind === 'removed' ? [] : [change.member]));
  const files = new Map(members.map((member) => [member.path, member]));
  for (const member of members) {
    if (member.type === 'directory') tree.at(member.path).member = member;
    else clear(member.path, fileOf(member, files, tree));
  }
}

/**
 * The file that a hard link names, as it is after this step. A later step may change or remove that name, and the link
 * keeps the file: so links are resolved now and made anew when all steps are done.
 */
function fileOf(member: TarMember, files: ReadonlyMap<BytePath, TarMember>, tree: MergedTree): TarMember {
  if (member.type !== 'hardlink') return member;
  return files.get(member.linkname) ?? tree.at(member.linkname).member ?? member;
}

/** One name of each file stands for it, further names are links to that. */
function remainingMembers(tree: MergedTree, existedBefore: (path: BytePath) => boolean): Change[] {
  const found: (readonly [BytePath, TarMember])[] = [];
  tree.walk((path, { member }) => {
    if (member !== undefined) found.push([path, member]);
    return true;
  });
  const names = new Map<TarMember, BytePath>();
  return found
    .sort(([a], [b]) => comparePaths(a, b))
    .map(([path, file]) => {
      const first = names.get(file);
      if (first === undefined) names.set(file, path);
      const member = first === undefined ? { ...file, path } : linkTo(first, path, file);
      return { kind: existedBefore(path) ? 'modified' : 'added', member };
    });
}

/** A removed tree is named by its top only, and not at all where something other than a directory took its place. */
function remainingRemovals(tree: MergedTree): Change[] {
  const removed: BytePath[] = [];
  tree.walk((path, { gone, member }) => {
    const isReplaced = member !== undefined && member.type !== 'directory';
    if (gone && !isReplaced) removed.push(path);
    return !gone && !isReplaced;
  });
  return removed.sort(comparePaths).map((path) => ({ kind: 'removed', path }));
}
