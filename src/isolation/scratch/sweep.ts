import { readFileSync } from 'node:fs';
import { NO_BACKEND, type Backend, type BackendName } from '../backend/backend.ts';
import { removeScratch } from '../backend/remove-scratch.ts';
import { parseMountInfo } from '../mount-info.ts';
import { candidate } from '../probe/candidates.ts';
import { machineFacts } from '../probe/machine-facts.ts';
import { claimStale } from './claim-stale.ts';

/**
 * Removes what builds that were killed left in these places, as root of their namespace where their files belong to ids
 * of one. Never throws: what cannot be removed is left to the next build. Returns how many directories are gone.
 */
export async function sweepStale(
  parents: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  let removed = 0;
  for (const parent of new Set(parents)) {
    for (const { directory, backend } of await claimStale(parent, mounts)) {
      try {
        await removeScratch(directory, backendOf(backend, parent, env), env);
        removed++;
      } catch {
        // Its name says what it is: the next build tries again.
      }
    }
  }
  return removed;
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
