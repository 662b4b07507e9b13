import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  futimesSync,
  lchownSync,
  lutimesSync,
  openSync,
} from 'node:fs';
import { joinPath, toFs, type BytePath } from '../bytes/index.ts';
import { toFileTime } from './file-time.ts';
import { deepestFirst, type KnownDirectory } from './known-directory.ts';
import { makeSpecialFiles, type SpecialFile } from './special-files.ts';
import { writeCapabilities } from './xattrs.ts';

const OPEN_DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Makes the special files that wait, with their metadata. */
export function placeSpecialFiles(root: KnownDirectory, ownership: 'real' | 'skip'): void {
  const waiting: SpecialFile[] = [];
  for (const directory of deepestFirst(root)) {
    for (const [name, deferred] of directory.later) {
      if (deferred.kind !== 'special') continue;
      directory.later.delete(name);
      waiting.push({ path: joinPath(directory.path, name), entry: deferred.entry });
    }
  }
  for (const { path, entry } of makeSpecialFiles(waiting)) {
    if (ownership === 'real') lchownSync(toFs(path), entry.uid, entry.gid);
    // A node that was made this moment: no link can be here.
    chmodSync(toFs(path), entry.mode);
    const time = toFileTime(entry.mtimeNs);
    lutimesSync(toFs(path), time, time);
  }
}

/** Sets the file capabilities that wait: last, because a change of owner would take them away. */
export function placeCapabilities(root: KnownDirectory): void {
  const values = new Map<BytePath, Uint8Array>();
  for (const directory of deepestFirst(root)) {
    for (const [name, deferred] of directory.later) {
      if (deferred.kind === 'capability') values.set(joinPath(directory.path, name), deferred.value);
    }
  }
  if (values.size > 0) writeCapabilities(values);
}

/** Sets modes, with more bits where asked for, and times of all directories that changed, deepest first, so that no later one moves an earlier one's time. */
export function finishDirectories(root: KnownDirectory, extraMode = 0): void {
  for (const directory of deepestFirst(root)) {
    if (!directory.isTouched) continue;
    const fd = openSync(toFs(directory.path), OPEN_DIRECTORY);
    try {
      fchmodSync(fd, directory.mode | extraMode);
      const time = toFileTime(directory.mtimeNs);
      futimesSync(fd, time, time);
    } finally {
      closeSync(fd);
    }
    directory.isTouched = false;
  }
}
