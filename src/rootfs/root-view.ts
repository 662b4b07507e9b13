import type { BytePath } from '../bytes/index.ts';
import type { ContentSource, EntryType } from '../tar/index.ts';

/** What is known of one inode, whichever way the tree is held. */
export interface NodeStat {
  readonly type: Exclude<EntryType, 'hardlink'> | 'socket';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly devMajor: number;
  readonly devMinor: number;
  /** Names that share this inode have the same value; undefined where there is one name only. */
  readonly linkGroup?: string | undefined;
}

/**
 * A file tree read as a container sees it, whether it lies on disk or only in an index of tar headers.
 * Paths are absolute within the tree (`/`, `/etc/passwd`) and already resolved: no component but the last may be a
 * symlink, and none is followed. `resolveInRoot` makes such paths.
 */
export interface RootView {
  /** The inode at this path, or undefined where there is none. */
  lstat(path: BytePath): NodeStat | undefined;
  /** The verbatim target of a symlink. */
  readlink(path: BytePath): BytePath;
  /** Names in a directory, sorted bytewise. */
  readdir(path: BytePath): BytePath[];
  /** Where the content of a regular file can be read. */
  content(path: BytePath): ContentSource;
  /** Extended attributes that belong into an image (`security.capability`). */
  xattrs(path: BytePath): ReadonlyMap<string, Uint8Array>;
}
