import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError } from '../errors/index.ts';
import { SCRATCH_PREFIX } from '../isolation/index.ts';

/** Makes a fresh directory, readable by its owner only, for one build. Throws FILESYSTEM. */
export function makeScratch(parent: string): string {
  try {
    return mkdtempSync(join(parent, SCRATCH_PREFIX));
  } catch (error) {
    throw new BuildError('FILESYSTEM', `no scratch directory can be made in ${parent}`, {
      cause: error,
      hint: 'point TMPDIR (RUNNER_TEMP in the action) at a directory that can be written to',
    });
  }
}
