import { chmodSync, lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { joinPath, toFs, type BytePath } from '../bytes/index.ts';

/** Removes what is at a path, a whole tree if need be; links are removed, never followed. False where there was nothing. */
export function removeTree(path: BytePath): boolean {
  const stat = lstatSync(toFs(path), { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (!stat.isDirectory()) {
    unlinkSync(toFs(path));
    return true;
  }
  // Without privileges a directory has to be opened up before it can be emptied.
  if ((stat.mode & 0o700) !== 0o700) chmodSync(toFs(path), 0o700);
  for (const name of readdirSync(toFs(path), { encoding: 'latin1' })) {
    removeTree(joinPath(path, name as BytePath));
  }
  rmdirSync(toFs(path));
  return true;
}
