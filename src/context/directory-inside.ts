import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError } from '../errors/index.ts';
import { isInside } from './read-text-file.ts';

/**
 * The real directory `subdir` of `root`; `root` itself where it is absent. Throws CONTEXT where it is no directory, and
 * where links lead out of the root; `what` names the whole for people.
 */
export function directoryInside(root: string, subdir: string | undefined, what: string): string {
  const real = realpathSync(root);
  if (subdir === undefined) return real;
  const found = realPath(join(real, subdir), subdir, what);
  if (!isInside(real, found))
    throw new BuildError('CONTEXT', `the directory ${JSON.stringify(subdir)} leads out of ${what}`);
  if (!statSync(found).isDirectory())
    throw new BuildError('CONTEXT', `${JSON.stringify(subdir)} of ${what} is no directory`);
  return found;
}

function realPath(path: string, subdir: string, what: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw new BuildError('CONTEXT', `there is no directory ${JSON.stringify(subdir)} in ${what}`, {
      cause: error,
    });
  }
}
