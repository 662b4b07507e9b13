import {
  allOutputs,
  type BuildRequest,
  type BuildSpec,
  type AskedBuild,
  type Output,
} from '../request/index.ts';
import { contextsOf } from './contexts-of.ts';

/** A request, before or after its sources were gathered. */
type Request = Pick<BuildRequest, 'outputs' | 'cache' | 'warmBases' | 'scratchParent'> & {
  readonly spec: AskedBuild | BuildSpec;
};

/** What a build reads and writes on this machine: absolute paths that stay where they are in a root that is taken over. */
export function pathsOfBuild({ spec, outputs, cache, warmBases, scratchParent }: Request): string[] {
  const caches = [...(cache?.sources ?? []), ...(cache?.targets ?? []).map(({ location }) => location)];
  const files = [
    ...[outputs.digestFile, outputs.imageNameWithDigestFile, outputs.imageNameTagWithDigestFile],
    ...[spec.run?.cacheMounts, dockerfileOf(spec), warmBases, scratchParent],
    ...caches.map((location) => (location.type === 'local' ? location.directory : undefined)),
    ...allOutputs(outputs).map(placeOf),
  ];
  return [...contextsOf(spec), ...files.filter((path) => path !== undefined)];
}

function dockerfileOf({ dockerfile }: Request['spec']): string | undefined {
  if (typeof dockerfile === 'string') return dockerfile;
  const name = dockerfile.kind === 'file' ? dockerfile.name : undefined;
  return name?.startsWith('/') === true ? name : undefined;
}

function placeOf(output: Output): string | undefined {
  if ('directory' in output) return output.directory;
  return 'to' in output && output.to.kind === 'file' ? output.to.path : undefined;
}
