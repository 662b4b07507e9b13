import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import {
  comparePaths,
  components,
  fromText,
  joinPath,
  parentPath,
  toFs,
  toText,
  type BytePath,
} from '../../../bytes/index.ts';
import { BuildError } from '../../../errors/index.ts';
import type { SandboxMount } from '../../../isolation/index.ts';
import { resolveInRoot, type RootView } from '../../../rootfs/index.ts';
import { missingMountPoints, type MountPoint } from '../../../snapshot/index.ts';
import { MountedView, type Holder } from './mounted-view.ts';
import type { PreparedMount } from './prepared-mount.ts';

/** What the sandbox sets up itself; of these only the shared memory may be replaced. */
const SYSTEM = ['/proc', '/sys', '/dev'];
const SHARED_MEMORY = '/dev/shm';

export interface PlacedMounts {
  /** Those that lie in the tree of the stage. */
  readonly points: readonly MountPoint[];
  /** In the order in which they are mounted. */
  readonly mounts: readonly SandboxMount[];
}

/**
 * Settles where mounts go in a tree, parents first: symlinks are followed inside the root, through the tree and what is
 * mounted on it by then. Mount points that another mount lacks are made in it. Throws DOCKERFILE_SEMANTICS for a target that
 * is the root or belongs to the system, FILESYSTEM for one that cannot be made.
 */
export function placeMounts(view: RootView, prepared: readonly PreparedMount[]): PlacedMounts {
  const merged = new MountedView(view);
  const points: MountPoint[] = [];
  const mounts = byTarget(prepared).map((mount) => {
    const path = resolveTarget(merged, mount.target);
    const holder = merged.holderOf(path);
    const create = holder === undefined ? undefined : makeInside(holder, mount);
    if (holder === undefined && path !== SHARED_MEMORY) points.push({ path, kind: mount.kind });
    merged.add(path, mount);
    return mount.at(toText(path), create);
  });
  return { points, mounts };
}

/** Whether some mount's point lies within another mount, by what the tree alone says. */
export function isNested(view: RootView, targets: readonly string[]): boolean {
  const paths = targets.map((target) => resolveTarget(view, target));
  return paths.some((path, i) => paths.some((other, j) => i !== j && `${path}/`.startsWith(`${other}/`)));
}

function byTarget(prepared: readonly PreparedMount[]): PreparedMount[] {
  return [...prepared].sort((a, b) => comparePaths(fromText(a.target), fromText(b.target)));
}

function resolveTarget(view: RootView, target: string): BytePath {
  if (target === SHARED_MEMORY) return fromText(target);
  const { path } = resolveInRoot(view, fromText(target));
  if (path === '/') throw refused(target, 'nothing can be mounted over the root');
  if (SYSTEM.some((system) => path === system || path.startsWith(`${system}/`)))
    throw refused(target, `${SYSTEM.join(', ')} belong to the system, save ${SHARED_MEMORY}`);
  return path;
}

function refused(target: string, hint: string): BuildError {
  return new BuildError('DOCKERFILE_SEMANTICS', `invalid mount target ${JSON.stringify(target)}`, { hint });
}

/** Makes a mount point in another mount; returns its kind where that has to wait until the other is mounted. */
function makeInside({ mount: holder, inside }: Holder, mount: PreparedMount): MountPoint['kind'] | undefined {
  const [missing] = missingMountPoints(holder.view, [{ path: inside, kind: mount.kind }]);
  if (missing === undefined) return undefined;
  if (holder.room === 'memory') return mount.kind;
  if (holder.room === undefined) {
    throw new BuildError(
      'FILESYSTEM',
      `cannot mount on ${mount.target}: it is not there, and cannot be made in what is mounted read-only on ${holder.target}`,
      { hint: `make ${holder.target} writable by the option rw` },
    );
  }
  makeOnDisk(holder.room.directory, missing);
  return undefined;
}

function makeOnDisk(root: BytePath, { path, kind }: MountPoint): void {
  let at = root;
  for (const name of components(kind === 'directory' ? path : parentPath(path))) {
    at = joinPath(at, name);
    if (mkdirSync(toFs(at), { recursive: true }) !== undefined) chmodSync(toFs(at), 0o755);
  }
  if (kind === 'file') writeFileSync(toFs(joinPath(root, path)), '', { flag: 'wx', mode: 0o644 });
}
