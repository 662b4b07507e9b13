import { expandFrom, locationOf, type Dockerfile } from '../dockerfile/index.ts';
import { withLocation } from '../errors/index.ts';
import { parsePlatform } from '../oci/index.ts';
import { parseReference } from '../reference/index.ts';
import type { BuildSpec } from '../request/index.ts';
import { stageOfFrom } from './find-stage.ts';
import { namedContext } from './named-contexts.ts';

/**
 * Looks at the FROM of every stage, needed or not: what it names has to make sense, whether or not it exists. Throws
 * REFERENCE, USAGE or DOCKERFILE_SEMANTICS with the place.
 */
export function checkBases(
  dockerfile: Dockerfile,
  spec: BuildSpec,
  globals: ReadonlyMap<string, string>,
): void {
  for (const stage of dockerfile.stages) {
    try {
      const { image, platform } = expandFrom(stage.from, (name) => globals.get(name), dockerfile);
      if (platform !== undefined) parsePlatform(platform, spec.buildPlatform);
      const isImage =
        image !== 'scratch' &&
        namedContext(spec, image) === undefined &&
        namedContext(spec, stage.from.stageName) === undefined &&
        stageOfFrom(dockerfile, image, stage.index) === undefined;
      if (isImage) parseReference(image);
    } catch (error) {
      throw withLocation(error, locationOf(dockerfile, stage.from.range));
    }
  }
}
