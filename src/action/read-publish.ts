import { resolve } from 'node:path';
import { BuildError } from '../errors/index.ts';
import {
  checkDestinations,
  publishRequest,
  type Environment,
  type PublishCommand,
  type PublishRequest,
} from '../request/index.ts';
import { type InputValues } from './input-values.ts';
import { type ActionPorts } from './ports.ts';
import { readCredentials } from './read-credentials.ts';

/** Images that are there already, and what is done with them in place of a build. */
export interface ReadPublish {
  readonly request: PublishRequest;
  readonly metadataFile: string | undefined;
  readonly warnings: readonly string[];
}

/** What the inputs `source-path` and `digests` ask for; undefined where an image is to be built. Throws USAGE, REFERENCE. */
export function readPublish(
  values: InputValues,
  env: Environment,
  { cwd, runner }: ActionPorts,
): ReadPublish | undefined {
  const [path, digests] = [values.text('source-path'), values.list('digests')];
  if (path !== undefined && digests.length > 0)
    throw new BuildError('USAGE', 'source-path and digests exclude each other', {
      hint: 'push an image in one step, and merge in another',
    });
  if (path === undefined && digests.length === 0) return undefined;
  const [command, sources]: [PublishCommand, readonly string[]] =
    path === undefined ? ['merge', digests] : ['push', [path]];
  const choices = {
    command,
    sources,
    credentials: readCredentials(values, env, runner),
    destinations: [...values.list('tags'), ...values.list('destination')],
    annotations: values.list('annotations'),
    push: true,
    noPush: false,
  };
  const { request, warnings } = publishRequest(values, choices, { env, cwd });
  checkDestinations(request.outputs, 'give tags');
  const file = values.text('metadata-file');
  return { request, warnings, metadataFile: file === undefined ? undefined : resolve(cwd, file) };
}
