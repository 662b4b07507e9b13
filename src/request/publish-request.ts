import type { BuildRequest } from './build-request.ts';
import type { BuildResult } from './build-result.ts';
import type { BuildSurroundings, Environment } from './front-ports.ts';
import type { OptionValues } from './option-values.ts';
import { outputRequest, type GivenOutputs } from './outputs/output-request.ts';
import { registriesOf } from './registry-values.ts';
import { scratchParentOf } from './scratch-parent.ts';

/** What is done with images that are there already: pushed, joined into one index, or checked. */
export type PublishCommand = 'push' | 'merge' | 'validate';

/** Images, and what is done with them. */
export interface PublishRequest extends Pick<
  BuildRequest,
  'outputs' | 'registries' | 'credentials' | 'scratchParent'
> {
  readonly command: PublishCommand;
  /** Archives and layouts of this machine, references, and digests in the first destination's repository. */
  readonly sources: readonly string[];
  /** What relative paths start from. */
  readonly cwd: string;
}

/** Does it, and tells what is named in the end. Throws BuildError. */
export type RunPublish = (request: PublishRequest, surroundings: BuildSurroundings) => Promise<BuildResult>;

/** What a front gives beside its values. */
export interface PublishChoices
  extends Pick<PublishRequest, 'command' | 'sources' | 'credentials'>, Omit<GivenOutputs, 'outputs'> {}

/** The request of a front's values, and what is to be told once the log is open. Throws USAGE, UNSUPPORTED, REFERENCE. */
export function publishRequest(
  values: OptionValues,
  { command, sources, credentials, ...given }: PublishChoices,
  place: { readonly env: Environment; readonly cwd: string },
): { readonly request: PublishRequest; readonly warnings: readonly string[] } {
  const { outputs, warnings } = outputRequest(values, { ...given, outputs: [] }, place.cwd);
  const request = {
    command,
    sources,
    outputs,
    registries: registriesOf(values, place),
    credentials,
    scratchParent: scratchParentOf(values, place.cwd),
    cwd: place.cwd,
  };
  return { request, warnings };
}
