import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { BuildError } from '../errors/index.ts';
import { chooseBackend, probeIsolation, removeScratch as removeByBackend } from '../isolation/index.ts';
import { type RemoveScratch } from './ports.ts';

/**
 * Removes scratch space: by ourselves, and where files belong to ids of a namespace, in that namespace. Throws FILESYSTEM
 * where something is still mounted below it, as what lies there is not ours.
 */
export const removeScratch: RemoveScratch = async (directory, { env, isolation }) => {
  refuseMounts(directory);
  try {
    await rm(directory, { recursive: true, force: true });
  } catch {
    const report = await probeIsolation({ scratchParent: directory, env });
    await removeByBackend(directory, chooseBackend(report, isolation));
  }
};

function refuseMounts(directory: string): void {
  const mounted = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .find((path) => path === directory || path.startsWith(`${directory}/`));
  if (mounted === undefined) return;
  throw new BuildError('FILESYSTEM', `${mounted} is still mounted`, {
    hint: `unmount it, then remove ${directory}`,
  });
}
