import { lstatSync, rmdirSync, unlinkSync } from 'node:fs';
import { joinPath, toFs, type BytePath } from '../../bytes/index.ts';
import { namesIn } from '../names-in.ts';
import type { KeptPaths } from './kept-paths.ts';

/**
 * What lies in a root besides what is kept, as relative paths: files, links, and directories with any of these in them.
 * Directories that lead to nothing are no find.
 */
export function foreignPaths(root: BytePath, kept: KeptPaths): BytePath[] {
  const found: BytePath[] = [];
  const look = (directory: BytePath): void => {
    for (const name of namesIn(joinPath(root, directory))) {
      const path = joinPath(directory, name);
      if (kept.isKept(path)) continue;
      if (kept.leadsToKept(path)) look(path);
      else if (holdsFiles(joinPath(root, path))) found.push(path);
    }
  };
  look('' as BytePath);
  return found;
}

/**
 * Removes everything in a root but what is kept and the way to it. Links are removed, never followed; the device of every
 * directory must be that of the root, so that no mount is entered, listed among the kept or not.
 */
export function clearRoot(root: BytePath, kept: KeptPaths): void {
  const { dev } = lstatSync(toFs(root));
  const clear = (directory: BytePath): void => {
    for (const name of namesIn(joinPath(root, directory))) {
      const path = joinPath(directory, name);
      if (kept.isKept(path)) continue;
      if (kept.leadsToKept(path)) clear(path);
      else removeOn(dev, joinPath(root, path));
    }
  };
  clear('' as BytePath);
}

/** Removes a tree as far as it lies on one device; what is on another stays, with the way to it. False where something did. */
function removeOn(dev: number, path: BytePath): boolean {
  const stat = lstatSync(toFs(path));
  if (!stat.isDirectory()) {
    unlinkSync(toFs(path));
    return true;
  }
  if (stat.dev !== dev) return false;
  const gone = namesIn(path).map((name) => removeOn(dev, joinPath(path, name)));
  if (gone.includes(false)) return false;
  rmdirSync(toFs(path));
  return true;
}

function holdsFiles(path: BytePath): boolean {
  if (!lstatSync(toFs(path)).isDirectory()) return true;
  return namesIn(path).some((name) => holdsFiles(joinPath(path, name)));
}
