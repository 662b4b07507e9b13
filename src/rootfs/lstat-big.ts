import { lstatSync, type BigIntStats } from 'node:fs';
import { toFs, type BytePath } from '../bytes/index.ts';

/** The inode at a path of this machine, times in nanoseconds; undefined where there is none, also below what is no directory. */
export function lstatBig(path: BytePath): BigIntStats | undefined {
  try {
    return lstatSync(toFs(path), { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
