import { lstatSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { basename, isAbsolute } from 'node:path';
import { text } from 'node:stream/consumers';
import { BuildError } from '../../errors/index.ts';
import { findProgram } from '../../process/index.ts';
import { fromText } from '../../bytes/index.ts';
import { removeTree } from '../../rootfs/index.ts';
import { mountsBelow, parseMountInfo } from '../mount-info.ts';
import { claim, SCRATCH_PREFIX } from '../scratch/scratch-names.ts';
import type { Backend } from './backend.ts';
import { startInside } from './start-inside.ts';

/**
 * Deletes a scratch directory, also where files in it belong to ids that only exist inside the backend. Throws
 * INTERNAL for a directory that is not a scratch directory and FILESYSTEM where something is mounted in it or it
 * cannot be deleted. A directory that is gone already is fine.
 */
export async function removeScratch(
  directory: string,
  backend: Backend,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  if (!isScratch(directory)) return;
  const mounted = mountsBelow(
    parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8')),
    realpathSync(directory),
  );
  if (mounted.length > 0) {
    throw new BuildError(
      'FILESYSTEM',
      `${directory} is not deleted: something is mounted on ${mounted.join(', ')}`,
    );
  }
  await removeClaimed(claimedPath(directory), backend, env);
}

/** Killed on the way, the rest is known to be nobody's. */
function claimedPath(directory: string): string {
  try {
    return claim(directory);
  } catch {
    return directory;
  }
}

async function removeClaimed(
  directory: string,
  backend: Backend,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  if (removedByOurselves(directory)) return;
  // Without privileges directories have to be opened up before they can be emptied.
  if (backend.name === 'none' || backend.name === 'proot') return void removeTree(fromText(directory));
  const said = await removeInside(directory, backend, env);
  if (exists(directory)) throw new BuildError('FILESYSTEM', `${directory} could not be deleted: ${said}`);
}

/** False where there is nothing. */
function isScratch(directory: string): boolean {
  const refused = (why: string): BuildError =>
    new BuildError('INTERNAL', `refusing to delete ${directory}: ${why}`);
  if (!isAbsolute(directory) || !basename(directory).startsWith(SCRATCH_PREFIX)) {
    throw refused(`not an absolute path to a directory named ${SCRATCH_PREFIX}…`);
  }
  if (!exists(directory)) return false;
  if (!lstatSync(directory).isDirectory()) throw refused('not a directory');
  return true;
}

function removedByOurselves(directory: string): boolean {
  try {
    rmSync(directory, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

/** Deletes as root of the backend; returns what rm(1) said. */
async function removeInside(
  directory: string,
  backend: Backend,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const rm = findProgram('rm', env['PATH'] ?? '') ?? 'rm';
  const child = await startInside(backend, [rm, '-rf', '--', directory], {
    env: { ...env, LC_ALL: 'C' },
    cwd: '/',
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const said = child.stderr === null ? '' : await text(child.stderr);
  await child.exited;
  return said.trim();
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
