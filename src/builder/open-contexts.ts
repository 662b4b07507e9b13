import type { BuildPorts } from '../build/index.ts';
import { openDirectoryContext, openNamedContext, type BuildContext } from '../context/index.ts';
import type { BuildSpec } from '../request/index.ts';

/** The directories that a build reads from. Throws CONTEXT. */
export function openContexts(spec: BuildSpec): Pick<BuildPorts, 'context' | 'contexts'> {
  return {
    context: openDirectoryContext(spec.context.path, { dockerfilePath: spec.dockerfile }),
    contexts: new Map(
      (spec.contexts ?? []).flatMap((named): [string, BuildContext][] =>
        named.kind === 'directory' ? [[named.name, openNamedContext(named.path)]] : [],
      ),
    ),
  };
}
