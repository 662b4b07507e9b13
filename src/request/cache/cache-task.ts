import { BuildError } from '../../errors/index.ts';
import type { BuildRequest } from '../build-request.ts';
import { parseDuration } from '../duration.ts';
import type { BuildSurroundings, CommandAnswer, Environment } from '../front-ports.ts';
import type { OptionValues } from '../option-values.ts';
import { registriesOf } from '../registry-values.ts';
import { parseSize } from '../run/run-values.ts';
import { scratchParentOf } from '../scratch-parent.ts';
import type { CacheLocation } from './cache-options.ts';
import { ageLimit, cacheLocations } from './cache-request.ts';

/** What is done with caches beside building. */
export type CacheTask =
  | { readonly kind: 'ls' }
  /** Everything is read; with `repair` what is damaged is taken out. */
  | { readonly kind: 'verify'; readonly repair: boolean }
  | {
      readonly kind: 'prune';
      /** What was not used for so many milliseconds goes. */
      readonly unusedMs?: number | undefined;
      /** What was made so many milliseconds ago goes: builds do not take it any more. */
      readonly maxAgeMs?: number | undefined;
      /** What is left takes at most so many bytes. */
      readonly maxBytes?: number | undefined;
      /** Nothing is changed. */
      readonly dryRun: boolean;
    };

export interface CacheTaskRequest extends Pick<BuildRequest, 'registries' | 'credentials' | 'scratchParent'> {
  readonly task: CacheTask;
  readonly locations: readonly CacheLocation[];
  readonly signingKey: string | undefined;
}

/** Does it. Throws BuildError where a cache cannot be opened or reached. */
export type RunCacheTask = (
  request: CacheTaskRequest,
  surroundings: BuildSurroundings,
) => Promise<CommandAnswer>;

/** What the command line gives beside the options it shares with the action. */
export interface GivenTask {
  readonly kind: CacheTask['kind'];
  readonly repair: boolean;
  readonly dryRun: boolean;
  readonly olderThan: string | undefined;
  readonly maxSize: string | undefined;
  readonly signingKey: string | undefined;
  readonly destinations: readonly string[];
  readonly credentials: BuildRequest['credentials'];
}

/** The request of a command on caches. Throws USAGE and REFERENCE. */
export function cacheTaskRequest(
  values: OptionValues,
  given: GivenTask,
  place: { readonly env: Environment; readonly cwd: string },
): CacheTaskRequest {
  return {
    task: taskOf(given, values.text('cache-ttl')),
    locations: cacheLocations(values, { ...place, pushed: given.destinations }),
    signingKey: given.signingKey,
    registries: registriesOf(values, place),
    credentials: given.credentials,
    scratchParent: scratchParentOf(values, place.cwd),
  };
}

function taskOf({ kind, repair, dryRun, olderThan, maxSize }: GivenTask, ttl: string | undefined): CacheTask {
  if (kind === 'ls') return { kind };
  if (kind === 'verify') return { kind, repair };
  const unusedMs = olderThan === undefined ? undefined : parseDuration(olderThan, '--older-than');
  const maxAgeMs = ttl === undefined ? undefined : ageLimit(ttl);
  const maxBytes = maxSize === undefined ? undefined : parseSize(maxSize, '--max-size');
  if (unusedMs === undefined && maxAgeMs === undefined && maxBytes === undefined)
    throw new BuildError('USAGE', 'cache prune needs to be told what goes', {
      hint: 'give --older-than 336h, --cache-ttl 336h or --max-size 5g',
    });
  return { kind, unusedMs, maxAgeMs, maxBytes, dryRun };
}
