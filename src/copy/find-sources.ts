import { type BytePath, baseName, components, fromText, joinPath, toText } from '../bytes/index.ts';
import { goMatch } from '../context/index.ts';
import { BuildError } from '../errors/index.ts';
import { type NodeStat, type RootView, resolveInRoot } from '../rootfs/index.ts';
import type { CopyRequest } from './copy-request.ts';
import { cleanAbsolute } from './destination.ts';

/** One thing to copy. */
export interface FoundSource {
  /** Its path with links resolved, in the source tree. */
  readonly path: BytePath;
  readonly stat: NodeStat;
  /** The last part of the name it was called by, which a directory it lands in gives it. */
  readonly name: BytePath;
  /** `--parents`: what below the path is meant; undefined for all of it. */
  readonly include?: string | undefined;
}

/**
 * What a source of COPY or ADD stands for: itself, or what its wildcards match, links followed. A wildcard may match
 * nothing; a name must exist, else CONTEXT is thrown.
 */
export function findSources(request: CopyRequest, source: string): FoundSource[] {
  const { path, include } =
    request.parents === true ? splitPivot(source) : { path: source, include: undefined };
  const absolute = cleanAbsolute(fromText(`/${path}`));
  return expand(request, absolute).map((match) => ({ ...follow(request, match), include }));
}

/** `a/./b` copies b with the parents below a; without a pivot all parents are kept. */
function splitPivot(source: string): { readonly path: string; readonly include: string } {
  const pivot = source.indexOf('/./');
  const [path, rest] = pivot < 0 ? ['/', source] : [source.slice(0, pivot), source.slice(pivot + 3)];
  return { path, include: toText(cleanAbsolute(fromText(`/${rest}`)).slice(1) as BytePath) };
}

function expand(request: CopyRequest, path: BytePath): BytePath[] {
  const parts = components(path);
  const firstWild = parts.findIndex(hasWildcard);
  if (firstWild < 0) return [path];
  const fixed = `/${parts.slice(0, firstWild).join('/')}` as BytePath;
  const base = resolveInRoot(request.source, fixed, { followLast: true });
  if (base.stat === undefined) throw missing(request, fixed);
  if (base.stat.type !== 'directory') return [];
  return walkMatching(request.source, base.path, parts.slice(firstWild));
}

function hasWildcard(part: BytePath): boolean {
  return /[*?[]/.test(part.replace(/\\./gs, ''));
}

/** All paths below a directory that match, in the order of a walk; a directory that matches is not entered. */
function walkMatching(view: RootView, base: BytePath, pattern: readonly BytePath[]): BytePath[] {
  const text = toText(pattern.join('/') as BytePath);
  // A bracket expression may match a slash in Go, everything else fixes how deep a match lies.
  const deepest = text.includes('[') ? Number.POSITIVE_INFINITY : pattern.length;
  const found: BytePath[] = [];
  const walk = (relative: BytePath, depth: number): void => {
    for (const name of view.readdir(joinPath(base, relative))) {
      const path = joinPath(relative, name);
      if (goMatch(text, toText(path)) === true) found.push(joinPath(base, path));
      else if (depth < deepest && view.lstat(joinPath(base, path))?.type === 'directory')
        walk(path, depth + 1);
    }
  };
  walk('' as BytePath, 1);
  return found;
}

function follow(request: CopyRequest, path: BytePath): Omit<FoundSource, 'include'> {
  const resolved = resolveInRoot(request.source, path, { followLast: true });
  if (resolved.stat === undefined) throw missing(request, path);
  return { path: resolved.path, stat: resolved.stat, name: baseName(path) };
}

function missing(request: CopyRequest, path: BytePath): BuildError {
  const ignored = request.isIgnored?.(path) ?? false;
  return new BuildError('CONTEXT', `${JSON.stringify(toText(path))}: not found`, {
    location: request.location,
    hint: ignored
      ? 'the path is excluded by the ignore file (.dockerignore); take it back in with a line that begins with !'
      : request.isContext
        ? 'sources are paths inside the build context; check the path and the context directory'
        : 'check the path in the stage or image named by --from',
  });
}
