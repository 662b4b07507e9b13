import type { BigIntStats } from 'node:fs';
import { comparePaths, joinPath, type BytePath } from '../bytes/index.ts';
import { namesIn } from '../rootfs/index.ts';
import type { Change } from './change.ts';
import { sameCapability } from './capabilities.ts';
import { changeOf, statAt, wholeMilliseconds } from './disk-member.ts';
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

/** An inode that the step made or changed. */
interface Found {
  readonly path: BytePath;
  readonly stat: BigIntStats;
  readonly existed: boolean;
}

/**
 * What a step changed, found by walking only the upper directory: the cost is proportional to the change.
 * Deletions (whiteouts and opaque directories alike) show as names that `before` has and `merged` has not, which
 * needs no extended attributes. Files copied up but not changed are left out.
 */
export function diffOverlay(step: OverlayStep, ignored: IgnoreRule): Change[] {
  const diff = new OverlayDiff(step, ignored);
  diff.walk('' as BytePath);
  return diff.changes();
}

class OverlayDiff {
  readonly #step: OverlayStep;
  readonly #ignored: IgnoreRule;
  readonly #removed: Change[] = [];
  readonly #found: Found[] = [];

  constructor(step: OverlayStep, ignored: IgnoreRule) {
    this.#step = step;
    this.#ignored = ignored;
  }

  /** Removals, then the rest bytewise by path: of a file's names the first in a layer is the file, the others link to it. */
  changes(): Change[] {
    const links = new LinkGroups();
    const present = this.#found
      .sort((a, b) => comparePaths(a.path, b.path))
      .map(({ path, stat, existed }) => changeOf(this.#step.upper, path, stat, existed, links));
    return [...this.#removed, ...present.filter((change) => change !== undefined)];
  }

  walk(directory: BytePath): void {
    const { before, upper } = this.#step;
    const existed = statAt(joinPath(before, directory))?.isDirectory() === true;
    if (existed) this.#noteRemovals(directory);
    for (const name of namesIn(joinPath(upper, directory))) {
      const path = joinPath(directory, name);
      if (this.#ignored(path)) continue;
      const stat = statAt(joinPath(upper, path));
      if (stat === undefined || isWhiteout(stat)) continue;
      const previous = existed ? statAt(joinPath(before, path)) : undefined;
      if (previous === undefined || isChanged(this.#step, path, stat, previous))
        this.#found.push({ path, stat, existed: previous !== undefined });
      if (stat.isDirectory()) this.walk(path);
    }
  }

  #noteRemovals(directory: BytePath): void {
    const present = new Set(namesIn(joinPath(this.#step.merged, directory)));
    for (const name of namesIn(joinPath(this.#step.before, directory))) {
      const path = joinPath(directory, name);
      if (!present.has(name) && !this.#ignored(path)) this.#removed.push({ kind: 'removed', path });
    }
  }
}

/** overlayfs marks a deletion by a character device 0/0 (Documentation/filesystems/overlayfs.rst). */
function isWhiteout(stat: BigIntStats): boolean {
  return stat.isCharacterDevice() && stat.rdev === 0n;
}

function isChanged(step: OverlayStep, path: BytePath, now: BigIntStats, before: BigIntStats): boolean {
  if (now.mode !== before.mode || now.uid !== before.uid || now.gid !== before.gid) return true;
  if (now.isDirectory()) return wholeMilliseconds(now.mtimeNs) !== wholeMilliseconds(before.mtimeNs);
  if (now.mtimeNs !== before.mtimeNs) return true;
  if (now.size !== before.size || now.rdev !== before.rdev) return true;
  // A hard link made to a file of the base copies that file up: all its names belong into the layer.
  if (now.nlink > 1n) return true;
  if (!now.isFile()) return false;
  const [newer, older] = [joinPath(step.upper, path), joinPath(step.before, path)];
  // Same times and size may still hide new bytes (touch -r) or capabilities, or be a mere open for writing.
  return !sameContent(newer, older) || !sameCapability(newer, older, now);
}
