/**
 * GitHub's cache service, version 2, within the process: immutable entries by ref, signed addresses that expire, blocks,
 * limits, tokens that may only read, and faults on demand. The service and its blob storage are two servers, as there.
 */
export { startGithubCache, type FakeStep, type GithubCache, type LoggedCall } from './start-github-cache.ts';
export { startAzurite, type Azurite } from './azurite.ts';
export { runtimeToken, type TokenRefs } from './token.ts';
export type { CacheEntry } from './cache-entries.ts';
