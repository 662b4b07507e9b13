import { BuildError } from '../errors/index.ts';
import { givenArg } from '../plan/index.ts';
import { sourceDateEpoch, type BuildSpec } from '../request/index.ts';

const NAME = 'SOURCE_DATE_EPOCH';

/**
 * The spec with the time of SOURCE_DATE_EPOCH, in seconds: given from outside, or else the default of an ARG before the
 * first FROM. An argument that is given empty stands for none. Throws DOCKERFILE_SEMANTICS for a default that is no time.
 */
export function withEpoch(spec: BuildSpec, globals: ReadonlyMap<string, string>): BuildSpec {
  const text = globals.get(NAME);
  if (spec.sourceDateEpoch !== undefined || givenArg(spec, NAME) !== undefined || text === undefined)
    return spec;
  try {
    return { ...spec, sourceDateEpoch: sourceDateEpoch(text) };
  } catch (error) {
    throw new BuildError('DOCKERFILE_SEMANTICS', `invalid ${NAME}: ${text}`, {
      hint: 'the ARG before the first FROM takes whole seconds since 1970',
      cause: error,
    });
  }
}
