import { resolve } from 'node:path';
import { BuildError } from '../errors/index.ts';
import { platformOfMachine, type Platform } from '../oci/index.ts';
import type { BuildRequest, BuildSpec } from './build-request.ts';
import { ageLimit } from './cache/cache-request.ts';
import type { BuildSurroundings, CommandAnswer, Environment } from './front-ports.ts';
import type { OptionValues } from './option-values.ts';
import { parseBuildArgs } from './pairs.ts';
import { parsePlatforms } from './platforms.ts';
import { registriesOf } from './registry-values.ts';
import { scratchParentOf } from './scratch-parent.ts';

/** Where kaniko keeps base images unless told otherwise. */
const DEFAULT_DIRECTORY = '/cache';

/** Base images, and the directory they are fetched into. */
export interface WarmRequest extends Pick<BuildRequest, 'registries' | 'credentials' | 'scratchParent'> {
  readonly directory: string;
  readonly images: readonly string[];
  /** Absolute path of a Dockerfile whose images are meant too. */
  readonly dockerfile: string | undefined;
  readonly buildArgs: BuildSpec['buildArgs'];
  readonly platforms: readonly [Platform, ...Platform[]];
  readonly buildPlatform: Platform;
  /** What is there is fetched again. */
  readonly force: boolean;
  /** Images that were not asked for since so many milliseconds are removed. */
  readonly maxAgeMs: number | undefined;
}

/** Fetches them. Throws the first error once all that can be fetched is there. */
export type RunWarmer = (request: WarmRequest, surroundings: BuildSurroundings) => Promise<CommandAnswer>;

/** What the command line gives beside the options it shares with the action. */
export interface GivenWarming {
  readonly images: readonly string[];
  readonly dockerfile: string | undefined;
  readonly buildArgs: readonly string[];
  readonly platforms: readonly string[];
  readonly credentials: BuildRequest['credentials'];
}

/** The request of `warmer`. Throws USAGE where there is nothing to fetch. */
export function warmRequest(
  values: OptionValues,
  given: GivenWarming,
  place: { readonly env: Environment; readonly cwd: string; readonly machine: string },
): WarmRequest {
  const { images, dockerfile, credentials } = given;
  if (images.length === 0 && dockerfile === undefined)
    throw new BuildError('USAGE', 'warmer needs to be told which images', {
      hint: 'give --image reference, as often as needed, or --dockerfile file',
    });
  const ttl = values.text('cache-ttl');
  return {
    directory: warmDirectory(values, place.cwd),
    images,
    dockerfile: dockerfile === undefined ? undefined : resolve(place.cwd, dockerfile),
    buildArgs: parseBuildArgs(given.buildArgs, place.env),
    platforms: parsePlatforms(given.platforms, place.machine),
    buildPlatform: platformOfMachine(place.machine),
    force: values.flag('force') ?? false,
    maxAgeMs: ttl === undefined ? undefined : ageLimit(ttl),
    registries: registriesOf(values, place),
    credentials,
    scratchParent: scratchParentOf(values, place.cwd),
  };
}

/** The directory of base images: that of `cache-dir`, or kaniko's. */
export function warmDirectory(values: OptionValues, cwd: string): string {
  return resolve(cwd, values.text('cache-dir') ?? DEFAULT_DIRECTORY);
}
