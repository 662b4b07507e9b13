import { BuildError } from '../../errors/index.ts';
import type { Platform } from '../../oci/index.ts';
import type { OutputSpec } from '../build-request.ts';
import { allOutputs } from './all-outputs.ts';

/** Throws UNSUPPORTED where an output cannot hold the images of several platforms. */
export function checkPlatforms(outputs: OutputSpec, platforms: readonly Platform[]): void {
  if (platforms.length < 2 || !allOutputs(outputs).some(({ kind }) => kind === 'docker')) return;
  throw new BuildError('UNSUPPORTED', 'an archive for docker load holds the image of one platform', {
    hint: 'use type=oci for several, or build one platform',
  });
}
