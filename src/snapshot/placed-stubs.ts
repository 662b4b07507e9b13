import { chmodSync, lstatSync, mkdirSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { components, fromText, joinPath, parentPath, toFs, type BytePath } from '../bytes/index.ts';
import type { RootView } from '../rootfs/index.ts';
import { statAt, wholeMilliseconds } from './disk-member.ts';
import { missingMountPoints } from './mount-points.ts';
import { setTime } from './set-time.ts';
import type { MountPoint } from './stage-root.ts';
import { BOUND_FILES, boundFileTarget, checkMountPoint, SYSTEM_MOUNTS } from './stubs.ts';

/** Mount points made in a plain root directory for the time of one RUN. */
export interface PlacedStubs {
  /** Takes away what was made and is still empty, and puts the parents' times back. */
  remove(): void;
}

/** Makes the mount points that RUN needs and the tree lacks. */
export function placeStubs(
  view: RootView,
  directory: BytePath,
  mountPoints: readonly MountPoint[] = [],
): PlacedStubs {
  const stubs = new Stubs(directory);
  for (const path of SYSTEM_MOUNTS) {
    checkMountPoint(view, fromText(path));
    stubs.directory(fromText(path));
  }
  for (const file of BOUND_FILES) {
    const target = boundFileTarget(view, file);
    if (view.lstat(target) === undefined) stubs.file(target);
  }
  for (const { path, kind } of missingMountPoints(view, mountPoints)) {
    if (kind === 'directory') stubs.directory(path);
    else stubs.file(path);
  }
  stubs.noteTimes();
  return stubs;
}

/** When a directory was last changed, in nanoseconds: before stubs were put into it, and after. */
interface ParentTimes {
  readonly original: bigint;
  placed: bigint;
}

class Stubs implements PlacedStubs {
  readonly #root: BytePath;
  readonly #made: { readonly path: BytePath; readonly isDirectory: boolean }[] = [];
  readonly #parents = new Map<BytePath, ParentTimes>();

  constructor(root: BytePath) {
    this.#root = root;
  }

  directory(path: BytePath): void {
    let present = this.#root;
    for (const part of components(path)) {
      const next = joinPath(present, part);
      if (lstatSync(toFs(next), { throwIfNoEntry: false }) === undefined) {
        this.#remember(present);
        mkdirSync(toFs(next));
        chmodSync(toFs(next), 0o755);
        this.#made.push({ path: next, isDirectory: true });
      }
      present = next;
    }
  }

  file(target: BytePath): void {
    this.directory(parentPath(target));
    const path = joinPath(this.#root, target);
    if (lstatSync(toFs(path), { throwIfNoEntry: false }) !== undefined) return;
    this.#remember(joinPath(this.#root, parentPath(target)));
    writeFileSync(toFs(path), '', { flag: 'wx' });
    this.#made.push({ path, isDirectory: false });
  }

  noteTimes(): void {
    for (const [path, times] of this.#parents) times.placed = modified(path) ?? times.original;
  }

  remove(): void {
    const due = [...this.#parents]
      .filter(([path]) => this.#isPlain(path))
      .map(([path, times]) => {
        const now = modified(path);
        // What the step itself did to a directory counts.
        return { path, time: now !== undefined && isSame(now, times.placed) ? times.original : now };
      });
    for (const { path, isDirectory } of this.#made.reverse()) {
      if (this.#isPlain(parentPath(path))) removeIfEmpty(path, isDirectory);
    }
    for (const { path, time } of due) {
      if (time === undefined || modified(path) === undefined) continue;
      setTime(path, time);
    }
  }

  /**
   * Whether every directory on the way still is one: RUN may have put a symlink in the place of any, and what that leads to
   * is none of ours.
   */
  #isPlain(directory: BytePath): boolean {
    let at = this.#root;
    for (const name of components(directory.slice(this.#root.length) as BytePath)) {
      at = joinPath(at, name);
      if (lstatSync(toFs(at), { throwIfNoEntry: false })?.isDirectory() !== true) return false;
    }
    return true;
  }

  #remember(path: BytePath): void {
    const original = modified(path);
    if (original !== undefined && !this.#parents.has(path))
      this.#parents.set(path, { original, placed: original });
  }
}

/** What was put back in between is back to the millisecond. */
function isSame(a: bigint, b: bigint): boolean {
  return wholeMilliseconds(a) === wholeMilliseconds(b);
}

/** Undefined where there is no directory. */
function modified(path: BytePath): bigint | undefined {
  const stat = statAt(path);
  return stat?.isDirectory() === true ? stat.mtimeNs : undefined;
}

/** RUN may have put something of its own there, which then belongs to the image. */
function removeIfEmpty(path: BytePath, isDirectory: boolean): void {
  const stat = lstatSync(toFs(path), { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (isDirectory && stat.isDirectory()) {
    try {
      rmdirSync(toFs(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    }
  } else if (!isDirectory && stat.isFile() && stat.size === 0) {
    unlinkSync(toFs(path));
  }
}
