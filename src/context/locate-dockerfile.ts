import { realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { BuildError } from '../errors/index.ts';
import { isInside, readTextFile } from './read-text-file.ts';

export interface DockerfileRequest {
  /** Directory of the build context, absolute or relative to `cwd`. */
  readonly context: string;
  /** The `file` option as given; undefined or empty where it was not. */
  readonly file?: string | undefined;
  readonly cwd: string;
  /** Relative names are looked for in the context first, and lead out of it only from the working directory. */
  readonly contextFirst?: boolean | undefined;
}

/**
 * The absolute path of the Dockerfile: a given name is tried from the working directory, then from the context; without
 * one the context's `Dockerfile`, then its `Containerfile`. Throws CONTEXT where none of them exists.
 */
export function locateDockerfile(request: DockerfileRequest): string {
  const tried = candidates(request);
  const found = tried.find(isThere);
  if (found !== undefined) return found;
  const name = request.file ?? '';
  throw new BuildError(
    'CONTEXT',
    `failed to read dockerfile: ${name === '' ? 'Dockerfile' : name}: not found`,
    {
      hint: `looked at ${tried.join(', ')}; name another with the file option`,
    },
  );
}

/**
 * The text of a located Dockerfile. A Dockerfile that lies in the context must not be a link out of it. Throws CONTEXT.
 */
export function readDockerfile(path: string, context: string): string {
  const root = realpathSync(context);
  const parent = realpathSync(dirname(path));
  const real = realpathSync(path);
  if (isInside(root, parent) && !isInside(root, real)) {
    throw new BuildError('CONTEXT', `${path} is a symbolic link that leads out of the build context`, {
      hint: 'name the file it points to with the file option',
    });
  }
  const text = readTextFile(real);
  if (text === undefined) throw new BuildError('CONTEXT', `failed to read dockerfile: ${path}: not found`);
  return text;
}

/** Whether there is something other than a directory. Throws CONTEXT where that is not to be found out. */
function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new BuildError('CONTEXT', `cannot read ${path}: ${code}`, { cause: error });
  }
}

function candidates({ context, file, cwd, contextFirst = false }: DockerfileRequest): string[] {
  const root = resolve(cwd, context);
  if (file === undefined || file === '') return [join(root, 'Dockerfile'), join(root, 'Containerfile')];
  if (isAbsolute(file)) return [file];
  const [here, inContext] = [resolve(cwd, file), resolve(root, file)];
  if (!contextFirst) return [...new Set([here, inContext])];
  return isInside(root, inContext) ? [inContext, here] : [here];
}
