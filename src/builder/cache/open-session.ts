import {
  imageCache,
  localCache,
  recordSeal,
  registryCache,
  type CacheStore,
  type RecordSeal,
} from '../../cache/index.ts';
import type { LocalBlobStore } from '../../content/index.ts';
import type { RepositoryName } from '../../image/index.ts';
import type { Digest } from '../../oci/index.ts';
import { parseReference, withDefaultTag } from '../../reference/index.ts';
import type { HttpClient } from '../../http/index.ts';
import type { RegistryClient } from '../../registry/index.ts';
import type { Reporter } from '../../report/index.ts';
import type {
  ArchiveService,
  BuildRequest,
  CacheLocation,
  CacheOptions,
  Environment,
} from '../../request/index.ts';
import { openGithubCache } from './open-github.ts';
import { openKaniko } from './open-kaniko.ts';
import { CacheSession } from './cache-session.ts';

/** What a cache is opened with. */
export interface CacheTools {
  readonly registry: RegistryClient;
  readonly reporter: Reporter;
  readonly env: Environment;
  /** Repositories that a layer of the image was pushed to, or came from. */
  mountFrom(digest: Digest): readonly RepositoryName[];
  readonly http: HttpClient;
  readonly archives: ArchiveService | undefined;
}

/** What the caches of a build are opened with. */
interface SessionTools extends CacheTools {
  /** Where blobs of the build lie. */
  readonly store: LocalBlobStore;
  readonly signal: AbortSignal;
}

/** The caches a request names; undefined for a build without any. One that cannot be opened is told and left out. */
export function openSession(
  { cache }: Pick<BuildRequest, 'cache'>,
  tools: SessionTools,
): CacheSession | undefined {
  if (cache === undefined) return undefined;
  const seal = recordSeal(cache.signingKey);
  const known = new Map<string, CacheStore | undefined>();
  const openOne = (location: CacheLocation): CacheStore | undefined => {
    if (location.type !== 'kaniko') return openCache(location, seal, tools);
    // Its entries are not signed.
    return cache.signingKey === undefined ? openKaniko(location.repository, tools) : undefined;
  };
  const open = (location: CacheLocation): CacheStore[] => {
    const key = JSON.stringify(location);
    const store = known.has(key) ? known.get(key) : openOne(location);
    known.set(key, store);
    return store === undefined ? [] : [store];
  };
  const targets = writableTargets(cache.targets, seal, tools.reporter);
  const kept = targets.filter(({ location }) => location.type !== 'inline');
  return new CacheSession({
    ...tools,
    sources: cache.sources.flatMap(open),
    targets: kept.flatMap(({ location, mode }) => open(location).map((store) => ({ store, mode }))),
    inline: kept.length < targets.length ? seal : undefined,
    maxAgeMs: cache.maxAgeMs,
    now: () => Date.now(),
  });
}

/** None where the key only reads. */
function writableTargets(
  targets: CacheOptions['targets'],
  { seals }: RecordSeal,
  reporter: Reporter,
): CacheOptions['targets'] {
  if (seals || targets.length === 0) return targets;
  reporter.info('cache: nothing is kept, as the signing key is a public one');
  return [];
}

/** One cache; undefined, and told, where it cannot be opened. Nothing is asked of it yet. */
export function openCache(
  location: CacheLocation,
  seal: RecordSeal,
  tools: CacheTools,
): CacheStore | undefined {
  switch (location.type) {
    case 'local':
      return localCache(location.directory, seal, { maxBytes: location.maxBytes });
    case 'registry': {
      const { registry, mountFrom } = tools;
      const reference = parseReference(location.repository);
      const reader = registry.repository(reference, 'pull');
      const writer = registry.repository(reference, 'push');
      return registryCache({ reader, writer, scope: location.scope, seal, mountFrom });
    }
    case 'gha':
      return openGithubCache(location, seal, tools);
    case 'inline':
      return openImage(location.reference, seal, tools);
    case 'kaniko':
      return undefined; // there is nothing to look through or to write
  }
}

/** The cache in an image; where none is named there is nothing to open: it is written with the image that is built. */
function openImage(
  reference: string | undefined,
  seal: RecordSeal,
  { registry, reporter }: CacheTools,
): CacheStore | undefined {
  if (reference === undefined) {
    reporter.warn('an inline cache is part of an image: name it with ref=');
    return undefined;
  }
  const image = withDefaultTag(parseReference(reference));
  return imageCache(registry.repository(image, 'pull'), image.digest ?? image.tag ?? 'latest', seal);
}
