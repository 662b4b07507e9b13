import { rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { chooseBackend, probeIsolation, removeScratch as removeTree } from '../isolation/index.ts';
import { type RemoveScratch } from './ports.ts';

/**
 * Removes scratch space. After a build that tidied up it is one empty directory; what a killed one left may belong to ids
 * of a namespace, and is removed the way it was made. Throws what src/isolation throws.
 */
export const removeScratch: RemoveScratch = async (directory, { env, isolation }) => {
  if (removedEmpty(directory)) return;
  const report = await probeIsolation({ scratchParent: dirname(directory), env });
  await removeTree(directory, chooseBackend(report, isolation), { PATH: env['PATH'] ?? '' });
};

function removedEmpty(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch {
    return false;
  }
}
