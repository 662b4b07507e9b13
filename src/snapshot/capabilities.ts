import { joinPath, type BytePath } from '../bytes/index.ts';
import { readXattrs } from '../rootfs/index.ts';
import type { Change } from './change.ts';

const EXECUTABLE = 0o111;

/** Whether two files have the same `security.capability`, or none; `stat` is that of the first, alike in mode. */
export function sameCapability(a: BytePath, b: BytePath, stat: { readonly mode: bigint }): boolean {
  // Only executables can make use of file capabilities; nobody sets them elsewhere.
  if ((Number(stat.mode) & EXECUTABLE) === 0) return true;
  const found = readXattrs([a, b]);
  const [left, right] = [a, b].map((path) => Buffer.from(found.get(path)?.get('security.capability') ?? ''));
  return left !== undefined && right !== undefined && left.equals(right);
}

/** The changes with `security.capability` of changed files filled in: the one attribute that belongs into layers. */
export function readCapabilities(root: BytePath, changes: readonly Change[]): Change[] {
  const files: BytePath[] = [];
  for (const change of changes) {
    // Only executables can make use of file capabilities; nobody sets them elsewhere.
    if (
      change.kind !== 'removed' &&
      change.member.type === 'file' &&
      (change.member.mode & EXECUTABLE) !== 0
    ) {
      files.push(joinPath(root, change.member.path));
    }
  }
  if (files.length === 0) return [...changes];
  const found = readXattrs(files);
  if (found.size === 0) return [...changes];
  return changes.map((change) => {
    if (change.kind === 'removed') return change;
    const xattrs = found.get(joinPath(root, change.member.path));
    return xattrs === undefined ? change : { kind: change.kind, member: { ...change.member, xattrs } };
  });
}
