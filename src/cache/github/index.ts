export { GithubCache, type GithubCacheOptions } from './github-cache.ts';
export { parseCacheMode, type CacheAccess } from './cache-mode.ts';
