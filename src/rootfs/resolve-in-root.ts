import { components, joinPath, parentPath, toText, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import type { NodeStat, RootView } from './root-view.ts';

const ROOT = '/' as BytePath;
/** As many as the kernel follows (path_resolution(7)). */
const MAX_LINKS = 40;

export interface ResolvedPath {
  /** Absolute and clean: no `.`, `..` or doubled slashes, and no symlink but perhaps the last component. */
  readonly path: BytePath;
  /** What is there; undefined where nothing is. */
  readonly stat: NodeStat | undefined;
}

/**
 * Where a path of a container leads, with the symlinks of every component followed inside the root: absolute targets
 * count from the root and `..` stops there. What follows a missing component stays as written. The last component is
 * followed too, unless `followLast` is false. Throws FILESYSTEM where links go round in circles.
 */
export function resolveInRoot(
  view: RootView,
  path: BytePath,
  options: { readonly followLast?: boolean } = {},
): ResolvedPath {
  const followLast = options.followLast ?? true;
  // The component to look at next is at the end.
  const pending = components(path).reverse();
  let at: ResolvedPath = { path: ROOT, stat: view.lstat(ROOT) };
  let links = 0;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === '..') {
      at = statOf(view, parentPath(at.path));
      continue;
    }
    const next = step(view, at, name);
    if (next.stat?.type !== 'symlink' || (pending.length === 0 && !followLast)) {
      at = next;
      continue;
    }
    if (++links > MAX_LINKS) throw loopError(path);
    const target = view.readlink(next.path);
    if (target.startsWith('/')) at = statOf(view, ROOT);
    pending.push(...components(target).reverse());
  }
  return at;
}

function step(view: RootView, at: ResolvedPath, name: BytePath): ResolvedPath {
  const path = joinPath(at.path, name);
  return at.stat?.type === 'directory' ? statOf(view, path) : { path, stat: undefined };
}

function statOf(view: RootView, path: BytePath): ResolvedPath {
  return { path, stat: view.lstat(path) };
}

function loopError(path: BytePath): BuildError {
  return new BuildError('FILESYSTEM', `${toText(path)}: too many levels of symbolic links`, {
    hint: 'a symlink of the image leads back to itself',
  });
}
