import type { RunCacheTask } from '../../../request/index.ts';
import { inScratch } from '../../in-scratch.ts';
import { listEntries } from './list-entries.ts';
import { openCaches } from './opened-cache.ts';
import { pruneEntries } from './prune-entries.ts';
import { verifyEntries } from './verify-entries.ts';

/** Lists, checks or clears up layer caches. Throws BuildError where one cannot be opened, reached or written. */
export const runCacheTask: RunCacheTask = (request, surroundings) =>
  inScratch(request, surroundings, async ({ http, registry }) => {
    const { env, reporter, signal, archives } = surroundings;
    const { task, locations, signingKey } = request;
    const tools = { registry, reporter, env, http, archives, mountFrom: () => [] };
    const caches = await openCaches(locations, signingKey, tools, signal);
    switch (task.kind) {
      case 'ls':
        return listEntries(caches, Date.now());
      case 'verify':
        return verifyEntries(caches, task.repair, signal);
      case 'prune':
        return pruneEntries(caches, task, Date.now(), signal);
    }
  });
