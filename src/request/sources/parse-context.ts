import { resolve } from 'node:path';
import { BuildError } from '../../errors/index.ts';
import type { ContextSpec } from './context-spec.ts';
import { parseGitSource } from './parse-git-source.ts';

const CHECKSUM = /^checksum=(sha256:[0-9a-f]{64})$/i;

/**
 * A context as written: `path`, `dir://path`, `tar://path`, `tar://stdin`, `-`, an http(s) URL of an archive or Dockerfile
 * (with `#checksum=sha256:…`), or a git repository. Throws UNSUPPORTED for buckets and unknown schemes, USAGE for an
 * empty one, CONTEXT for a git repository that makes no sense.
 */
export function parseContext(text: string, cwd: string): ContextSpec {
  if (text === '') throw empty();
  if (text === '-') return { kind: 'stdin', orDockerfile: true };
  const source = /^\.{0,2}\//.test(text) ? undefined : parseGitSource(text);
  if (source !== undefined) return { kind: 'git', source };
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/([\s\S]*)$/i.exec(text) ?? [];
  return scheme === undefined
    ? { kind: 'directory', path: resolve(cwd, text) }
    : withScheme(scheme.toLowerCase(), rest, text, cwd);
}

function withScheme(scheme: string, rest: string, text: string, cwd: string): ContextSpec {
  switch (scheme) {
    case 'dir':
      if (rest === '') throw empty();
      return { kind: 'directory', path: resolve(cwd, rest) };
    case 'tar':
      if (rest === '') throw empty();
      return rest === 'stdin'
        ? { kind: 'stdin', orDockerfile: false }
        : { kind: 'archive', path: resolve(cwd, rest) };
    case 'http':
    case 'https':
      return urlContext(text);
    default:
      throw new BuildError('UNSUPPORTED', `build contexts from ${scheme}:// are not supported`, {
        hint: 'fetch it first and give a directory or an archive (tar://path)',
      });
  }
}

function urlContext(text: string): ContextSpec {
  const hash = text.indexOf('#');
  if (hash < 0) return { kind: 'url', url: text };
  const checksum = CHECKSUM.exec(text.slice(hash + 1))?.[1]?.toLowerCase();
  if (checksum !== undefined) return { kind: 'url', url: text.slice(0, hash), checksum };
  throw new BuildError('USAGE', `the fragment of the context's URL makes no sense: ${text.slice(hash)}`, {
    hint: 'write #checksum=sha256:… for an archive; a git repository ends in .git before its #ref:dir',
  });
}

function empty(): BuildError {
  return new BuildError('USAGE', 'the build context is empty', {
    hint: 'give a directory, an archive, a URL or a git repository',
  });
}
