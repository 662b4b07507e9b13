import type { BytePath } from '../../../bytes/index.ts';
import type { SandboxMount } from '../../../isolation/index.ts';
import type { NodeStat, RootView } from '../../../rootfs/index.ts';
import { NO_XATTRS } from '../../../tar/index.ts';

/** A mount whose source is there; where exactly it goes is not settled yet. */
export interface PreparedMount {
  /** Absolute in the image, symlinks and all. */
  readonly target: string;
  readonly kind: 'directory' | 'file';
  /** What lies at the target once this is mounted, `/` being the target itself. */
  readonly view: RootView;
  /** Where mount points of other mounts can be made in it: in a directory of this machine, in memory, or not at all. */
  readonly room: { readonly directory: BytePath } | 'memory' | undefined;
  /** The mount at its resolved target. */
  at(target: string, create: 'directory' | 'file' | undefined): SandboxMount;
}

const PLAIN: Omit<NodeStat, 'type'> = {
  mode: 0o755,
  uid: 0,
  gid: 0,
  size: 0,
  mtimeNs: 0n,
  devMajor: 0,
  devMinor: 0,
};

/** A tree that is one empty directory, or one file. */
export function soleNode(type: 'directory' | 'file'): RootView {
  return {
    lstat: (path) => (path === '/' || path === '' ? { ...PLAIN, type } : undefined),
    readlink: () => '' as BytePath,
    readdir: () => [],
    content: () => ({ kind: 'bytes', bytes: new Uint8Array(0) }),
    xattrs: () => NO_XATTRS,
  };
}
