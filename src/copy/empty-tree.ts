import type { BytePath } from '../bytes/index.ts';
import type { NodeStat, RootView } from '../rootfs/index.ts';
import { type ContentSource, NO_XATTRS } from '../tar/index.ts';

const ROOT: NodeStat = {
  type: 'directory',
  mode: 0o755,
  uid: 0,
  gid: 0,
  size: 0,
  mtimeNs: 0n,
  devMajor: 0,
  devMinor: 0,
};

/** A tree of nothing but a root directory: what `--link` copies onto. */
export const emptyTree: RootView = {
  lstat: (path) => (path === '/' ? ROOT : undefined),
  readlink: () => '' as BytePath,
  readdir: () => [],
  content: (): ContentSource => ({ kind: 'bytes', bytes: new Uint8Array(0) }),
  xattrs: () => NO_XATTRS,
};
