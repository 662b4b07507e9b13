import { resolve } from 'node:path';
import { BuildError } from '../../errors/index.ts';
import { formatReference, parseReference } from '../../reference/index.ts';
import type { Environment } from '../front-ports.ts';
import { parseDuration } from '../duration.ts';
import type { OptionValues } from '../option-values.ts';
import type { CacheLocation, CacheOptions, CacheTarget } from './cache-options.ts';
import {
  DEFAULT_SCOPE,
  parseCacheRepository,
  parseCacheSource,
  parseCacheSources,
  parseCacheTarget,
} from './parse-location.ts';

/** kaniko's age at which an entry is stale: two weeks. */
const DEFAULT_AGE_MS = 14 * 24 * 60 * 60 * 1000;

/** What a cache request is made in. */
export interface CachePlace {
  readonly env: Environment;
  readonly cwd: string;
  /** Names the image is pushed under. */
  readonly pushed: readonly string[];
  /** What records are signed with. */
  readonly signingKey?: string | undefined;
}

/**
 * What is wanted of the layer cache: the caches of `cache-from` and `cache-to`, and with `cache` those of `cache-repo` and
 * `cache-dir`, or the default place. Undefined for a build without. Throws USAGE and REFERENCE.
 */
export function cacheRequest(values: OptionValues, place: CachePlace): CacheOptions | undefined {
  const { cwd, signingKey } = place;
  const own = values.flag('cache') === true ? ownLocations(values, place) : [];
  const from = values
    .list('cache-from')
    .flatMap((text) => parseCacheSources(text, cwd))
    .map((location) => ofPushed(location, place));
  const to = values.list('cache-to').map((text) => parseCacheTarget(text, cwd));
  if (own.length + from.length + to.length === 0) return undefined;
  const writes = !(values.flag('no-push-cache') ?? false);
  const ownTargets = own.map((location): CacheTarget => ({ location, mode: 'max' }));
  const ttl = values.text('cache-ttl');
  return {
    // What this build writes is the best source of the next.
    sources: [...own, ...from, ...own.flatMap(kanikosOwn)],
    targets: writes ? [...ownTargets, ...to] : [],
    take: !(values.flag('no-cache') ?? false),
    freshStages: values.list('no-cache-filters'),
    runLayers: values.flag('cache-run-layers') ?? true,
    copyLayers: values.flag('cache-copy-layers') ?? true,
    maxAgeMs: ttl === undefined ? DEFAULT_AGE_MS : ageLimit(ttl),
    signingKey,
  };
}

/** kaniko's entries lie in the same repository: builds that come from it find them there. */
function kanikosOwn(location: CacheLocation): CacheLocation[] {
  return location.type === 'registry' ? [{ type: 'kaniko', repository: location.repository }] : [];
}

/** An image with a cache that is not named is the one that is pushed. */
function ofPushed(location: CacheLocation, { pushed: [pushed] }: CachePlace): CacheLocation {
  if (location.type !== 'inline' || location.reference !== undefined) return location;
  if (pushed !== undefined) return { ...location, reference: pushed };
  throw new BuildError('USAGE', 'the image whose inline cache is to be read is not named', {
    hint: 'write type=inline,ref=host/repository:tag',
  });
}

/** The caches people name to look at them: all that a build would take from or keep in. Throws USAGE and REFERENCE. */
export function cacheLocations(values: OptionValues, place: CachePlace): readonly CacheLocation[] {
  const { cwd } = place;
  const named = [
    ...givenLocations(values, place),
    ...values.list('cache-from').map((text) => parseCacheSource(text, cwd)),
    ...values.list('cache-to').map((text) => parseCacheTarget(text, cwd).location),
  ];
  const all =
    named.length > 0
      ? named.map((location) => ofPushed(location, place))
      : [defaultLocation(place.pushed[0], place.env)];
  return [...new Map(all.map((location) => [JSON.stringify(location), location])).values()];
}

/** The age at which entries count no more; zero and less mean no limit. Throws USAGE. */
export function ageLimit(text: string): number | undefined {
  const milliseconds = parseDuration(text, 'cache-ttl');
  return milliseconds > 0 ? milliseconds : undefined;
}

function ownLocations(values: OptionValues, place: CachePlace): CacheLocation[] {
  const given = givenLocations(values, place);
  return given.length > 0 ? given : [defaultLocation(place.pushed[0], place.env)];
}

function givenLocations(values: OptionValues, { cwd }: CachePlace): CacheLocation[] {
  const [repository, directory] = [values.text('cache-repo'), values.text('cache-dir')];
  return [
    ...(repository === undefined ? [] : [parseCacheRepository(repository, cwd)]),
    ...(directory === undefined ? [] : [{ type: 'local', directory: resolve(cwd, directory) } as const]),
  ];
}

/**
 * GitHub's cache service where its token is at hand, which is so in actions; kaniko's place, the repository `cache` below the
 * one that is pushed to; else a directory of this user.
 */
function defaultLocation(pushed: string | undefined, env: Environment): CacheLocation {
  const service = env['ACTIONS_RESULTS_URL'] || env['ACTIONS_CACHE_URL'];
  if (service && env['ACTIONS_RUNTIME_TOKEN']) return { type: 'gha', scope: DEFAULT_SCOPE, attributes: {} };
  if (pushed === undefined) {
    const home = env['XDG_CACHE_HOME'] || `${env['HOME'] || '/tmp'}/.cache`;
    return { type: 'local', directory: resolve(home, 'ts-kaniko') };
  }
  const { registry, repository } = parseReference(pushed);
  const name = formatReference({ registry, repository: `${repository}/cache` });
  return { type: 'registry', repository: name, scope: DEFAULT_SCOPE };
}
