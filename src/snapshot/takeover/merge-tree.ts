import { lstatSync, rmdirSync } from 'node:fs';
import { joinPath, toFs, type BytePath } from '../../bytes/index.ts';
import { namesIn, removeTree } from '../../rootfs/index.ts';
import { move } from './move-tree.ts';

/**
 * Moves all that a directory holds into another, and removes it. Directories that are in both are merged, which is what a
 * move that was broken off leaves; of other names the one that comes counts. Links are never followed. Nothing happens
 * where the directory is not there.
 */
export function mergeTree(from: BytePath, to: BytePath): void {
  if (!isDirectory(from)) return;
  for (const name of namesIn(from)) {
    const [source, target] = [joinPath(from, name), joinPath(to, name)];
    if (isDirectory(source) && isDirectory(target)) {
      mergeTree(source, target);
      continue;
    }
    removeTree(target);
    move(source, target);
  }
  rmdirSync(toFs(from));
}

function isDirectory(path: BytePath): boolean {
  return lstatSync(toFs(path), { throwIfNoEntry: false })?.isDirectory() === true;
}
