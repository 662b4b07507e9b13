import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { NO_BACKEND, type Backend, type BackendName } from '../backend/backend.ts';
import { removeScratch } from '../backend/remove-scratch.ts';
import { parseMountInfo } from '../mount-info.ts';
import { candidate } from '../probe/candidates.ts';
import { machineFacts } from '../probe/machine-facts.ts';
import { claimStale } from './claim-stale.ts';
import { killInhabitants } from './kill-inhabitants.ts';

const TRIES = 5;
const AGAIN_MS = 100;

/**
 * Removes what builds that were killed left in these places, and kills what they left running there; as root of their
 * namespace where files belong to ids of one. `ownPlaces` are those that no other container writes to. Never throws: what
 * cannot be removed is left to the next build. Returns how many directories are gone.
 */
export async function sweepStale(
  parents: readonly string[],
  env: Readonly<Record<string, string>>,
  ownPlaces: readonly string[] = [],
): Promise<number> {
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  let removed = 0;
  for (const parent of new Set([...parents, ...ownPlaces])) {
    for (const { directory, backend } of await claimStale(parent, mounts, ownPlaces.includes(parent))) {
      await killInhabitants(directory);
      if (await isRemoved(directory, backendOf(backend, parent, env), env)) removed++;
    }
  }
  return removed;
}

/** Its name says what it is: where it cannot be removed, the next build tries again. */
async function isRemoved(
  directory: string,
  backend: Backend,
  env: Readonly<Record<string, string>>,
): Promise<boolean> {
  for (let tries = 1; tries <= TRIES; tries++) {
    try {
      await removeScratch(directory, backend, env);
      return true;
    } catch {
      // What was killed with the build may be dying still, and writing.
      await delay(AGAIN_MS);
    }
  }
  return false;
}

/** A way to become root over files of that backend, as far as there still is one here: the ids are lent to the same user. */
function backendOf(
  name: BackendName | undefined,
  parent: string,
  env: Readonly<Record<string, string>>,
): Backend {
  if (name === undefined) return NO_BACKEND;
  const found = candidate(name, machineFacts(parent, env), true, true);
  return 'backend' in found ? found.backend : NO_BACKEND;
}
