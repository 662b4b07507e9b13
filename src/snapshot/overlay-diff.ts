import { readdirSync, type BigIntStats } from 'node:fs';
import { joinPath, toFs, type BytePath } from '../bytes/index.ts';
import type { Change } from './change.ts';
import { memberOf, statAt } from './disk-member.ts';
import type { IgnoreRule } from './ignore.ts';
import { LinkGroups } from './link-groups.ts';
import { sameContent } from './same-content.ts';

/** The three directories of a step on an overlay mount, all readable while it is mounted. */
export interface OverlayStep {
  /** What the step wrote. */
  readonly upper: BytePath;
  /** The tree before the step. */
  readonly before: BytePath;
  /** The tree after it. */
  readonly merged: BytePath;
}

/**
 * What a step changed, found by walking only the upper directory: the cost is proportional to the change.
 * Deletions (whiteouts and opaque directories alike) show as names that `before` has and `merged` has not, which
 * needs no extended attributes. Files copied up but not changed are left out.
 */
export function diffOverlay(step: OverlayStep, ignored: IgnoreRule): Change[] {
  const changes: Change[] = [];
  walk(step, '' as BytePath, ignored, new LinkGroups(), changes);
  return changes;
}

function walk(
  step: OverlayStep,
  directory: BytePath,
  ignored: IgnoreRule,
  links: LinkGroups,
  changes: Change[],
): void {
  const existed = statAt(joinPath(step.before, directory))?.isDirectory() === true;
  if (existed) removals(step, directory, ignored, changes);
  for (const name of namesIn(joinPath(step.upper, directory))) {
    const path = joinPath(directory, name);
    if (ignored(path)) continue;
    const stat = statAt(joinPath(step.upper, path));
    if (stat === undefined || isWhiteout(stat)) continue;
    const previous = existed ? statAt(joinPath(step.before, path)) : undefined;
    if (previous === undefined || isChanged(step, path, stat, previous)) {
      const member = memberOf(step.upper, path, stat);
      if (member !== undefined) {
        changes.push({
          kind: previous === undefined ? 'added' : 'modified',
          member: links.admit(member, stat),
        });
      }
    }
    if (stat.isDirectory()) walk(step, path, ignored, links, changes);
  }
}

function removals(step: OverlayStep, directory: BytePath, ignored: IgnoreRule, changes: Change[]): void {
  const present = new Set(namesIn(joinPath(step.merged, directory)));
  for (const name of namesIn(joinPath(step.before, directory))) {
    const path = joinPath(directory, name);
    if (!present.has(name) && !ignored(path)) changes.push({ kind: 'removed', path });
  }
}

/** Sorted, so that the first name of a hard-linked inode is the same on every file system. */
function namesIn(directory: BytePath): BytePath[] {
  return (readdirSync(toFs(directory), { encoding: 'latin1' }) as BytePath[]).sort();
}

/** overlayfs marks a deletion by a character device 0/0 (Documentation/filesystems/overlayfs.rst). */
function isWhiteout(stat: BigIntStats): boolean {
  return stat.isCharacterDevice() && stat.rdev === 0n;
}

function isChanged(step: OverlayStep, path: BytePath, now: BigIntStats, before: BigIntStats): boolean {
  if (now.mode !== before.mode || now.uid !== before.uid || now.gid !== before.gid) return true;
  if (now.mtimeNs !== before.mtimeNs) return true;
  if (now.isDirectory()) return false;
  if (now.size !== before.size || now.rdev !== before.rdev) return true;
  // A hard link made to a file of the base copies that file up: all its names belong into the layer.
  if (now.nlink > 1n) return true;
  // Same times and size may still hide new bytes (touch -r), or be a mere open for writing.
  return now.isFile() && !sameContent(joinPath(step.upper, path), joinPath(step.before, path));
}
