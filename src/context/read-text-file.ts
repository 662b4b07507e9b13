import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError } from '../errors/index.ts';

/** More than any Dockerfile or ignore file needs; BuildKit's own limit for a Dockerfile is of this order. */
export const LARGEST_TEXT = 16 * 1024 * 1024;

/**
 * A small text file whole, or undefined where there is none. Never waits on a fifo. Throws CONTEXT for anything that is
 * not a regular file, is larger than 16 MiB or cannot be opened.
 */
export function readTextFile(path: string): string | undefined {
  const descriptor = openIfThere(path);
  if (descriptor === undefined) return undefined;
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new BuildError('CONTEXT', `${path} is not a regular file`);
    if (stat.size > LARGEST_TEXT) throw new BuildError('CONTEXT', `${path} is larger than 16 MiB`);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** readTextFile of a name in a directory whose links must not lead out of it; throws CONTEXT where they do. `root` is a real path. */
export function readInside(root: string, name: string): string | undefined {
  const path = join(root, name);
  let real: string;
  try {
    real = realpathSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  if (!isInside(root, real)) {
    throw new BuildError('CONTEXT', `${name} is a symbolic link that leads out of the build context`, {
      hint: 'put the file itself into the context',
    });
  }
  return readTextFile(real);
}

/** True where a real path is the directory or below it. */
export function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root === '/' ? '/' : `${root}/`);
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isMissing(error)) return undefined;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new BuildError('CONTEXT', `cannot read ${path}: ${code}`, { cause: error });
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
