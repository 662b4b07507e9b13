import { resolve } from 'node:path';
import type { ContextSpec, DockerfileSpec } from '../request/index.ts';
import { locateDockerfile } from './locate-dockerfile.ts';

/** A build's Dockerfile and context as asked for. */
export interface AskedDockerfile {
  readonly dockerfile: DockerfileSpec;
  readonly context: ContextSpec;
  readonly contextSubPath: string | undefined;
  readonly cwd: string;
}

/**
 * The Dockerfile with its absolute path, where it and the context lie on this machine: what is missing is told before
 * anything else is done. Others are returned as they are. Throws CONTEXT.
 */
export function findEarly({ dockerfile, context, contextSubPath, cwd }: AskedDockerfile): DockerfileSpec {
  if (dockerfile.kind !== 'file' || context.kind !== 'directory') return dockerfile;
  const root = resolve(context.path, contextSubPath ?? '.');
  return { kind: 'file', name: locateDockerfile({ context: root, file: dockerfile.name, cwd }) };
}
