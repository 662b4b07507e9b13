import { lstatSync, lutimesSync, mkdirSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { components, fromText, joinPath, parentPath, toFs, type BytePath } from '../bytes/index.ts';
import type { RootView } from '../rootfs/index.ts';
import { BOUND_FILES, boundFileTarget, checkMountPoint, SYSTEM_MOUNTS } from './stubs.ts';

/** Mount points made in a plain root directory for the time of one RUN. */
export interface PlacedStubs {
  /** Takes away what was made and is still empty, and puts the parents' times back. */
  remove(): void;
}

/** Makes the mount points that RUN needs and the tree lacks. */
export function placeStubs(view: RootView, directory: BytePath): PlacedStubs {
  const made: { path: BytePath; isDirectory: boolean }[] = [];
  const times = new Map<BytePath, { atime: Date; mtime: Date }>();
  const remember = (path: BytePath): void => {
    if (times.has(path)) return;
    const { atime, mtime } = lstatSync(toFs(path));
    times.set(path, { atime, mtime });
  };
  const ensureDirectory = (path: BytePath): void => {
    let present = directory;
    for (const part of components(path)) {
      const next = joinPath(present, part);
      if (lstatSync(toFs(next), { throwIfNoEntry: false }) === undefined) {
        remember(present);
        mkdirSync(toFs(next), { mode: 0o755 });
        made.push({ path: next, isDirectory: true });
      }
      present = next;
    }
  };
  for (const path of SYSTEM_MOUNTS) {
    checkMountPoint(view, fromText(path));
    ensureDirectory(fromText(path));
  }
  for (const file of BOUND_FILES) {
    const target = boundFileTarget(view, file);
    if (view.lstat(target) !== undefined) continue;
    ensureDirectory(parentPath(target));
    const path = joinPath(directory, target);
    remember(parentPath(path));
    writeFileSync(toFs(path), '');
    made.push({ path, isDirectory: false });
  }
  return {
    remove: () => {
      for (const { path, isDirectory } of made.reverse()) removeIfEmpty(path, isDirectory);
      for (const [path, { atime, mtime }] of times) lutimesSync(toFs(path), atime, mtime);
    },
  };
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
