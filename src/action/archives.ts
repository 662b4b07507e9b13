import { type ArchiveService } from '../request/index.ts';

/**
 * @actions/cache, which keeps directories as archives: with the service of GitHub Enterprise Server too. It is large, so it is
 * loaded when it is first needed. It finds its token in the environment of this process, and tells its troubles itself.
 */
export const githubArchives: ArchiveService = {
  async restore(directory, key, prefixes) {
    const cache = await import('@actions/cache');
    if (!cache.isFeatureAvailable()) return false;
    return (await cache.restoreCache([directory], key, [...prefixes])) !== undefined;
  },
  async save(directory, key) {
    const cache = await import('@actions/cache');
    return cache.isFeatureAvailable() && (await cache.saveCache([directory], key)) >= 0;
  },
};
