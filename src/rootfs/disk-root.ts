import { readlinkSync, type BigIntStats } from 'node:fs';
import { comparePaths, joinPath, toFs, type BytePath } from '../bytes/index.ts';
import { NO_XATTRS, type ContentSource } from '../tar/index.ts';
import { deviceMajor, deviceMinor } from './device-number.ts';
import { lstatBig } from './lstat-big.ts';
import { namesIn } from './names-in.ts';
import type { NodeStat, RootView } from './root-view.ts';
import { readXattrs } from './xattrs.ts';

const EXECUTABLE = 0o111;

/** A tree that lies in a directory of this machine. Nothing is remembered: every question is asked of the disk. */
export class DiskRoot implements RootView {
  readonly #directory: BytePath;

  constructor(directory: BytePath) {
    this.#directory = directory;
  }

  lstat(path: BytePath): NodeStat | undefined {
    const stat = lstatBig(this.#onDisk(path));
    return stat === undefined ? undefined : toNodeStat(stat);
  }

  readlink(path: BytePath): BytePath {
    return readlinkSync(toFs(this.#onDisk(path)), { encoding: 'latin1' }) as BytePath;
  }

  readdir(path: BytePath): BytePath[] {
    return namesIn(this.#onDisk(path)).sort(comparePaths);
  }

  content(path: BytePath): ContentSource {
    return { kind: 'file', path: this.#onDisk(path) };
  }

  xattrs(path: BytePath): ReadonlyMap<string, Uint8Array> {
    const stat = this.lstat(path);
    // Only executables can make use of file capabilities; nobody sets them elsewhere.
    if (stat?.type !== 'file' || (stat.mode & EXECUTABLE) === 0) return NO_XATTRS;
    const onDisk = this.#onDisk(path);
    return readXattrs([onDisk]).get(onDisk) ?? NO_XATTRS;
  }

  #onDisk(path: BytePath): BytePath {
    return path === '/' ? this.#directory : joinPath(this.#directory, path);
  }
}

function toNodeStat(stat: BigIntStats): NodeStat {
  const type = typeOf(stat);
  const isDevice = type === 'char' || type === 'block';
  return {
    type,
    mode: Number(stat.mode) & 0o7777,
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    size: type === 'file' ? Number(stat.size) : 0,
    mtimeNs: stat.mtimeNs,
    devMajor: isDevice ? deviceMajor(stat.rdev) : 0,
    devMinor: isDevice ? deviceMinor(stat.rdev) : 0,
    linkGroup: type !== 'directory' && stat.nlink > 1n ? `${stat.dev}:${stat.ino}` : undefined,
  };
}

function typeOf(stat: BigIntStats): NodeStat['type'] {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'symlink';
  if (stat.isCharacterDevice()) return 'char';
  if (stat.isBlockDevice()) return 'block';
  return stat.isFIFO() ? 'fifo' : 'socket';
}
