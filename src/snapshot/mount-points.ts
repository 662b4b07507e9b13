import { chmodSync, lchownSync, mkdirSync, writeFileSync } from 'node:fs';
import { components, joinPath, parentPath, toFs, toText, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import type { NodeStat, RootView } from '../rootfs/index.ts';
import { setTime } from './set-time.ts';
import type { MountPoint } from './stage-root.ts';

/** Those of the mount points that a tree lacks. Throws FILESYSTEM for one that is there as something else, or cannot be made. */
export function missingMountPoints(view: RootView, points: readonly MountPoint[]): MountPoint[] {
  return points.filter((point) => {
    const stat = view.lstat(point.path);
    if (stat === undefined) checkParents(view, point.path);
    else checkKind(stat, point);
    return stat === undefined;
  });
}

/**
 * Fills `directory` with mount points that the tree lacks, for an overlay layer on top of the tree: below a directory that
 * was removed earlier, a layer under the tree would not show. Directories that the tree has look as they do there.
 */
export function makeMountPoints(view: RootView, directory: BytePath, points: readonly MountPoint[]): void {
  const mirror = new Mirror(view, directory);
  for (const { path, kind } of points) {
    mirror.directory(kind === 'directory' ? path : parentPath(path));
    if (kind === 'file') writeFileSync(toFs(joinPath(directory, path)), '', { flag: 'a' });
  }
  mirror.setTimes();
}

class Mirror {
  readonly #view: RootView;
  readonly #root: BytePath;
  readonly #mirrored = new Map<BytePath, NodeStat>();

  constructor(view: RootView, root: BytePath) {
    this.#view = view;
    this.#root = root;
    this.#look('/' as BytePath);
  }

  directory(path: BytePath): void {
    let at = '/' as BytePath;
    for (const name of components(path)) {
      at = joinPath(at, name);
      mkdirSync(toFs(joinPath(this.#root, at)), { recursive: true });
      this.#look(at);
    }
  }

  /** Last of all: what is made in a directory changes its time. */
  setTimes(): void {
    for (const [path, stat] of this.#mirrored) setTime(joinPath(this.#root, path), stat.mtimeNs);
  }

  #look(path: BytePath): void {
    const stat = this.#view.lstat(path);
    const onDisk = toFs(joinPath(this.#root, path));
    if (stat !== undefined) {
      lchownSync(onDisk, stat.uid, stat.gid);
      this.#mirrored.set(path, stat);
    }
    chmodSync(onDisk, stat?.mode ?? 0o755);
  }
}

function checkKind({ type }: NodeStat, { path, kind }: MountPoint): void {
  if ((type === 'directory') === (kind === 'directory')) return;
  throw new BuildError('FILESYSTEM', `cannot mount a ${kind} on ${toText(path)}, which is a ${type}`, {
    hint: 'choose another target for the mount',
  });
}

function checkParents(view: RootView, path: BytePath): void {
  let parent = parentPath(path);
  while (view.lstat(parent) === undefined) parent = parentPath(parent);
  if (view.lstat(parent)?.type === 'directory') return;
  throw new BuildError('FILESYSTEM', `cannot mount on ${toText(path)}: ${toText(parent)} is no directory`, {
    hint: 'choose another target for the mount',
  });
}
