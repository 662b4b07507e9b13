import { resolve } from 'node:path';
import { BuildError } from '../errors/index.ts';
import { type ContextSpec } from './build-request.ts';

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

/**
 * A context as written (`path` or `dir://path`) as an absolute directory. Throws UNSUPPORTED for archives, git
 * repositories, buckets and URLs.
 */
export function parseContext(text: string, cwd: string): ContextSpec {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  const git = /^git@|^github\.com\/|\.git(#|$)/.test(text);
  if (text === '-' || (scheme !== undefined && scheme !== 'dir') || (scheme === undefined && git)) {
    const kind = text === '-' ? 'standard input' : `${scheme ?? 'git'}://`;
    throw new BuildError('UNSUPPORTED', `build contexts from ${kind} are not supported`, {
      hint: 'check the sources out or unpack them first, and give the directory',
    });
  }
  const path = scheme === 'dir' ? text.slice('dir://'.length) : text;
  if (path === '') throw new BuildError('USAGE', 'the build context is empty', { hint: 'give a directory' });
  return { kind: 'directory', path: resolve(cwd, path) };
}

/** The name of a Dockerfile as written; throws UNSUPPORTED for a URL and for standard input. */
export function parseFile(text: string | undefined): string | undefined {
  if (text === undefined || (text !== '-' && !/^https?:\/\//i.test(text))) return text;
  const source = text === '-' ? 'standard input' : 'a URL';
  throw new BuildError('UNSUPPORTED', `a Dockerfile from ${source} is not supported`, {
    hint: 'save it first and give the path',
  });
}
