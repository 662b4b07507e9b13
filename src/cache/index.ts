/** The layer cache: what entries are found by, what is kept of them, and where. */
export type { CacheStats, CacheStore, SaveOutcome } from './cache-store.ts';
export { CacheKey, keyOf, KeyPart, keyPart } from './key.ts';
export type { PartValue } from './key.ts';
export { localCache } from './local-cache.ts';
export { registryCache } from './registry/registry-cache.ts';
export type { RegistryCacheOptions } from './registry/registry-cache.ts';
export { memoryCache } from './memory-cache.ts';
export { blobsOf, CacheRecord, StepRecord } from './record.ts';
export type { DocumentRecord, ListingRecord, MountRecord } from './record.ts';
export { RecordIndex } from './record-index.ts';
export { recordSeal } from './seal.ts';
export type { RecordSeal } from './seal.ts';
export { GithubCache } from './github/github-cache.ts';
export type { GithubCacheOptions } from './github/github-cache.ts';
export { parseCacheMode } from './github/cache-mode.ts';
export type { CacheAccess } from './github/cache-mode.ts';
export { archiveCache } from './github/archive-cache.ts';
export type { ArchiveCacheOptions, ArchiveService } from './github/archive-cache.ts';
