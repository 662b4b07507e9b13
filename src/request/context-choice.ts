import { BuildError } from '../errors/index.ts';
import { type ContextSpec, type DockerfileSpec } from './sources/context-spec.ts';

const WORKSPACE_VARIABLES = ['GITHUB_WORKSPACE', 'CI_PROJECT_DIR', 'DRONE_WORKSPACE'];
const KANIKO_DEFAULT = '/workspace';

/**
 * The context a CI system means where none is named: its checkout; kaniko's `/workspace` where that exists; else the
 * working directory.
 */
export function defaultContext(
  env: Readonly<Record<string, string | undefined>>,
  exists: (path: string) => boolean,
): string {
  const workspace = WORKSPACE_VARIABLES.map((name) => env[name]).find(
    (path) => path !== undefined && path !== '',
  );
  return workspace ?? (exists(KANIKO_DEFAULT) ? KANIKO_DEFAULT : '.');
}

/** The Dockerfile as asked for: a path, `-` for standard input, or an http(s) URL. */
export function parseFile(text: string | undefined): DockerfileSpec {
  if (text === '-') return { kind: 'stdin' };
  if (text !== undefined && /^https?:\/\//i.test(text)) return { kind: 'url', url: text };
  return { kind: 'file', name: text };
}

/** Throws USAGE where both are to be read from standard input, which is there only once. */
export function checkStandardInput(context: ContextSpec, dockerfile: DockerfileSpec): void {
  if (context.kind !== 'stdin' || dockerfile.kind !== 'stdin') return;
  throw new BuildError('USAGE', 'standard input cannot be both the build context and the Dockerfile', {
    hint: 'put the Dockerfile into the archive, or give it as a file',
  });
}
