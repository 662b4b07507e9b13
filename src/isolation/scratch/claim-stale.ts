import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BackendName } from '../backend/backend.ts';
import { mountOf, type MountEntry } from '../mount-info.ts';
import { askAlive } from './alive-socket.ts';
import { isOfThisBoot, ownerLives, readOwner } from './owner-mark.ts';
import { claim, GONE_PREFIX, isNew, makerLives, SCRATCH_PREFIX } from './scratch-names.ts';

/** File systems that other machines may write to as well; a start of this machine says nothing there. */
const SHARED = /^(nfs|cifs|smb|9p|virtiofs|ceph|glusterfs|lustre|fuse|afs|gfs2|ocfs2)/;
/** A directory that is being made is complete long before. */
const MAKING_MS = 60_000;

/** What a killed build left, claimed by this process. */
export interface StaleScratch {
  readonly directory: string;
  /** Whose ids files in it may belong to, where that was noted. */
  readonly backend: BackendName | undefined;
}

/**
 * Finds scratch directories in a place whose builds are dead and claims them by renaming. Those of living builds, of other
 * users, and those of which nothing can be told stay as they are; links are not followed. `isOwnPlace`: no other container
 * writes there, so that processes with other numbers are those of this one before it was started again.
 */
export async function claimStale(
  parent: string,
  mounts: readonly MountEntry[],
  isOwnPlace = false,
): Promise<readonly StaleScratch[]> {
  const place = { isOwnPlace, isShared: SHARED.test(mountOf(mounts, parent)?.fsType ?? '') };
  const claimed: StaleScratch[] = [];
  for (const name of namesIn(parent)) {
    const directory = join(parent, name);
    try {
      if (!isOurs(directory) || !(await isDead(directory, name, place))) continue;
      const backend = readOwner(directory)?.backend;
      claimed.push({ directory: claim(directory), backend });
    } catch {
      // Somebody else was faster, or it is not to be had: the build does without.
    }
  }
  return claimed;
}

function namesIn(parent: string): string[] {
  try {
    return readdirSync(parent).filter((name) => name.startsWith(SCRATCH_PREFIX));
  } catch {
    return [];
  }
}

function isOurs(directory: string): boolean {
  const stat = lstatSync(directory);
  return stat.isDirectory() && stat.uid === process.geteuid?.();
}

async function isDead(
  directory: string,
  name: string,
  { isShared, isOwnPlace }: { readonly isShared: boolean; readonly isOwnPlace: boolean },
): Promise<boolean> {
  if (name.startsWith(GONE_PREFIX)) return true;
  if (isNew(name)) return !(makerLives(name) ?? Date.now() - statSync(directory).mtimeMs < MAKING_MS);
  const owner = readOwner(directory);
  if (owner === undefined) return false;
  if (!isOfThisBoot(owner)) return !isShared;
  if (isOwnPlace) return ownerLives(owner) !== true;
  const answer = await askAlive(directory);
  return answer === 'free' || (answer === 'absent' && ownerLives(owner) === false);
}
