import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { components, fromText, joinPath, parentPath, toFs, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import { resolveInRoot, type RootView } from '../rootfs/index.ts';

/** What RUN expects at fixed places of its root and images often lack. */
export const SYSTEM_MOUNTS = ['/dev', '/proc', '/sys'] as const;
export const BOUND_FILES = ['/etc/resolv.conf', '/etc/hosts', '/etc/hostname'] as const;

/** Where a file that is bound over the tree for RUN ends up, symlinks resolved inside the root. */
export function boundFileTarget(view: RootView, file: (typeof BOUND_FILES)[number]): BytePath {
  return resolveInRoot(view, fromText(file)).path;
}

const APT_SETTINGS = '/etc/apt/apt.conf.d';

/** Where settings of apt go in a tree that has any; undefined in others. */
export function aptSettingsTarget(view: RootView): BytePath | undefined {
  const { path, stat } = resolveInRoot(view, fromText(APT_SETTINGS));
  return stat?.type === 'directory' ? joinPath(path, fromText('zz-one-user')) : undefined;
}

/**
 * Fills `directory` with empty mount points for what is mounted during RUN. It lies below everything else in the
 * overlay, so the image's own files win and nothing of it ever shows in a layer.
 */
export function makeStubs(view: RootView, directory: BytePath): void {
  for (const path of SYSTEM_MOUNTS) {
    checkMountPoint(view, fromText(path));
    makeDirectory(directory, fromText(path));
  }
  for (const file of BOUND_FILES) {
    const target = boundFileTarget(view, file);
    if (view.lstat(target) !== undefined) continue;
    makeDirectory(directory, parentPath(target));
    writeFileSync(toFs(joinPath(directory, target)), '', { flag: 'a' });
  }
}

/** Every directory on the way gets mode 0755 whatever the umask: a step may look into it and keep it. */
function makeDirectory(root: BytePath, path: BytePath): void {
  let at = root;
  for (const name of components(path)) {
    at = joinPath(at, name);
    mkdirSync(toFs(at), { recursive: true });
    chmodSync(toFs(at), 0o755);
  }
}

/** A symlink here would send the mount elsewhere. */
export function checkMountPoint(view: RootView, path: BytePath): void {
  const stat = view.lstat(path);
  if (stat === undefined || stat.type === 'directory') return;
  throw new BuildError(
    'UNSUPPORTED',
    `${path} in the image is a ${stat.type}, not a directory, so RUN has no place for its system mounts`,
    {
      hint: 'remove it in an earlier stage, or base the image on one that has a plain directory there',
    },
  );
}
