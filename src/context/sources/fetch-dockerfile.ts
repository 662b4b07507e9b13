import { mkdtempSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { assertNever, redact } from '../../errors/index.ts';
import type { ContextSpec, DockerfileSpec } from '../../request/index.ts';
import { downloadFile } from '../download.ts';
import { locateDockerfile } from '../locate-dockerfile.ts';
import { LARGEST_TEXT } from '../read-text-file.ts';
import type { FetchedContext } from './fetch-context.ts';
import { saveStream } from './save-stream.ts';
import type { SourceTools } from './source-tools.ts';

const NAME = 'Dockerfile';

/** A Dockerfile on this machine. */
export interface FetchedDockerfile {
  /** Absolute. */
  readonly path: string;
  /** What people call it; undefined where that is its path. */
  readonly name?: string | undefined;
}

/** The Dockerfile of a build, and what its names start from. */
export interface DockerfileSource {
  readonly dockerfile: DockerfileSpec;
  readonly context: ContextSpec;
  readonly cwd: string;
}

/**
 * Finds the Dockerfile, or brings it onto this machine. A relative name is looked for from the working directory, then in
 * the context; in a context that came from elsewhere the other way round. Throws CONTEXT where there is none, and what
 * downloads and standard input do.
 */
export async function fetchDockerfile(
  { dockerfile, context, cwd }: DockerfileSource,
  fetched: FetchedContext,
  tools: SourceTools,
): Promise<FetchedDockerfile> {
  const { directory, signal, http } = tools;
  switch (dockerfile.kind) {
    case 'file':
      if (fetched.dockerfile !== undefined && (dockerfile.name ?? '') === '')
        return { path: fetched.dockerfile, name: NAME };
      return {
        path: locateDockerfile({
          context: fetched.path,
          file: dockerfile.name,
          cwd,
          contextFirst: context.kind !== 'directory',
        }),
      };
    case 'stdin':
      return alone(await saveStream(tools.stdin, { directory, limitBytes: LARGEST_TEXT, signal }), tools);
    case 'url': {
      const { url } = dockerfile;
      tools.say(`downloading ${redact(url)}`);
      return alone(
        (await downloadFile(http, { url, directory, limitBytes: LARGEST_TEXT, signal })).path,
        tools,
      );
    }
    default:
      return assertNever(dockerfile);
  }
}

/** In a directory of its own: no ignore file of anything else lies beside it. */
function alone(file: string, { directory }: SourceTools): FetchedDockerfile {
  const path = join(mkdtempSync(join(directory, 'dockerfile-')), NAME);
  renameSync(file, path);
  return { path, name: NAME };
}
