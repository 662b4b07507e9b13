import { chmodSync, lstatSync, lutimesSync, mkdirSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { components, fromText, joinPath, parentPath, toFs, type BytePath } from '../bytes/index.ts';
import type { RootView } from '../rootfs/index.ts';
import { statAt, wholeMilliseconds, wholeSeconds } from './disk-member.ts';
import { BOUND_FILES, boundFileTarget, checkMountPoint, SYSTEM_MOUNTS } from './stubs.ts';

/** Mount points made in a plain root directory for the time of one RUN. */
export interface PlacedStubs {
  /** Takes away what was made and is still empty, and puts the parents' times back. */
  remove(): void;
}

/** Makes the mount points that RUN needs and the tree lacks. */
export function placeStubs(view: RootView, directory: BytePath): PlacedStubs {
  const stubs = new Stubs(directory);
  for (const path of SYSTEM_MOUNTS) {
    checkMountPoint(view, fromText(path));
    stubs.directory(fromText(path));
  }
  for (const file of BOUND_FILES) {
    const target = boundFileTarget(view, file);
    if (view.lstat(target) === undefined) stubs.file(target);
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
    this.#remember(joinPath(this.#root, parentPath(target)));
    writeFileSync(toFs(path), '');
    this.#made.push({ path, isDirectory: false });
  }

  noteTimes(): void {
    for (const [path, times] of this.#parents) times.placed = modified(path) ?? times.original;
  }

  remove(): void {
    const due = [...this.#parents].map(([path, times]) => {
      const now = modified(path);
      // What the step itself did to a directory counts.
      return { path, time: now === times.placed ? times.original : now };
    });
    for (const { path, isDirectory } of this.#made.reverse()) removeIfEmpty(path, isDirectory);
    for (const { path, time } of due) {
      if (time === undefined || modified(path) === undefined) continue;
      setTime(path, time);
    }
  }

  #remember(path: BytePath): void {
    const original = modified(path);
    if (original !== undefined && !this.#parents.has(path))
      this.#parents.set(path, { original, placed: original });
  }
}

/** Undefined where there is no directory. */
function modified(path: BytePath): bigint | undefined {
  const stat = statAt(path);
  return stat?.isDirectory() === true ? stat.mtimeNs : undefined;
}

/** Whole seconds exactly; of others the millisecond, at its middle, as Node's seconds are too coarse to hit an edge. */
function setTime(path: BytePath, timeNs: bigint): void {
  const isWhole = wholeSeconds(timeNs) === timeNs;
  const seconds = (Number(wholeMilliseconds(timeNs) / 1_000_000n) + (isWhole ? 0 : 0.5)) / 1000;
  lutimesSync(toFs(path), seconds, seconds);
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
