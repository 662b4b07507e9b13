import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from './names-in.ts';
import { leadsElsewhere } from './own-files.ts';
import { RECORDS } from './record-files.ts';

/** Files that a process died upon are older than any that is still being written. */
const STALE_MS = 24 * 60 * 60 * 1000;

interface Found {
  readonly path: string;
  readonly bytes: number;
  /** When it was last used, in milliseconds since the epoch. */
  readonly used: number;
}

/**
 * Cuts a cache's directory down to a size: what was not used for longest goes first. Records whose blobs are gone are
 * found out when they are used. Folders that lead elsewhere are left alone. Returns the bytes that were freed.
 */
export function pruneDirectory(directory: string, maxBytes: number): number {
  const files = ['blobs/sha256', `${RECORDS}/records`, `${RECORDS}/steps`]
    .flatMap((folder) => (leadsElsewhere(directory, folder) ? [] : filesIn(join(directory, folder))))
    .sort((a, b) => a.used - b.used);
  const newest = files.at(-1)?.used ?? 0;
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let freed = 0;
  for (const { path, bytes, used } of files) {
    const isStale = path.endsWith('.tmp') && used < newest - STALE_MS;
    if (total <= maxBytes && !isStale) continue;
    rmSync(path, { force: true });
    total -= bytes;
    freed += bytes;
  }
  return freed;
}

function filesIn(folder: string): Found[] {
  return namesIn(folder).flatMap((name) => {
    const path = join(folder, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat?.isFile() === true ? [{ path, bytes: stat.size, used: stat.mtimeMs }] : [];
  });
}
