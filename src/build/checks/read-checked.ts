import { readDockerfile } from '../../context/index.ts';
import {
  parseCheckOptions,
  parseDockerfile,
  type CheckOptions,
  type Dockerfile,
} from '../../dockerfile/index.ts';
import { BuildError, toBuildError } from '../../errors/index.ts';
import { givenArg } from '../../plan/index.ts';
import type { BuildSpec } from '../../request/index.ts';

/** The build argument that stands in for the `# check=` of a file. */
const CHECK_ARGUMENT = 'BUILDKIT_DOCKERFILE_CHECK';

/** The Dockerfile of a build, parsed, with the options of the checks that are in force. Throws what parsing throws, and USAGE. */
export function readAndParse(spec: BuildSpec): Dockerfile {
  const text = readDockerfile(spec.dockerfile, spec.context.path);
  return parseDockerfile(text, { file: nameFor(spec), check: givenOptions(spec) });
}

/** What people and annotations call it: relative to the context where it lies in it. */
function nameFor({ dockerfile, dockerfileName, context }: BuildSpec): string {
  if (dockerfileName !== undefined) return dockerfileName;
  return dockerfile.startsWith(`${context.path}/`) ? dockerfile.slice(context.path.length + 1) : dockerfile;
}

function givenOptions(spec: BuildSpec): CheckOptions | undefined {
  const text = givenArg(spec, CHECK_ARGUMENT);
  if (text === undefined) return undefined;
  try {
    return parseCheckOptions(text);
  } catch (error) {
    const { message, hint } = toBuildError(error);
    throw new BuildError('USAGE', `failed to parse ${CHECK_ARGUMENT}: ${message}`, {
      hint: hint?.replace('check=', ''),
    });
  }
}
