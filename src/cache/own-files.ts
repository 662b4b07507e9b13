import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError } from '../errors/index.ts';

/** A link is not followed, and a fifo somebody put there does not make us wait. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Whether what lies at a folder below a cache's directory, or on the way there, may be another place: a link, a file. */
export function leadsElsewhere(directory: string, folder: string): boolean {
  let path = directory;
  for (const name of folder.split('/')) {
    path = join(path, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return false;
    if (!stat.isDirectory()) return true;
  }
  return false;
}

/** Throws FILESYSTEM where a folder below a cache's directory leads elsewhere. */
export function requireOwn(directory: string, folder: string): void {
  if (!leadsElsewhere(directory, folder)) return;
  throw new BuildError(
    'FILESYSTEM',
    `${join(directory, folder)} is a symbolic link or no directory; nothing is kept there`,
  );
}

/** The text of a plain file that is not larger; undefined for anything else. Throws where it cannot be read. */
export function readOwnFile(path: string, limitBytes: number): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, FLAGS);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(code)) return undefined;
    throw error;
  }
  try {
    const stat = fstatSync(descriptor);
    return stat.isFile() && stat.size <= limitBytes ? readFileSync(descriptor, 'utf8') : undefined;
  } finally {
    closeSync(descriptor);
  }
}
