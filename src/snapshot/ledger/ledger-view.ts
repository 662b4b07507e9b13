import type { BytePath } from '../../bytes/index.ts';
import { comparePaths, joinPath } from '../../bytes/index.ts';
import { DiskRoot, type NodeStat, type RootView } from '../../rootfs/index.ts';
import type { ContentSource } from '../../tar/index.ts';

/** A tree on disk, with the owners, modes, attributes and devices that a ledger has for it. */
export class LedgerView implements RootView {
  readonly #known: RootView;
  readonly #disk: DiskRoot;

  constructor(known: RootView, directory: BytePath) {
    this.#known = known;
    this.#disk = new DiskRoot(directory);
  }

  lstat(path: BytePath): NodeStat | undefined {
    const present = this.#disk.lstat(path);
    const known = this.#known.lstat(path);
    if (present === undefined) return isDevice(known) ? known : undefined;
    if (known?.type !== present.type) return { ...present, uid: 0, gid: 0 };
    return { ...present, uid: known.uid, gid: known.gid, mode: known.mode };
  }

  readlink(path: BytePath): BytePath {
    return this.#disk.readlink(path);
  }

  readdir(path: BytePath): BytePath[] {
    const present = this.#disk.readdir(path);
    if (this.#known.lstat(path)?.type !== 'directory') return present;
    const names = new Set(present);
    const devices = this.#known
      .readdir(path)
      .filter((name) => !names.has(name) && isDevice(this.#known.lstat(joinPath(path, name))));
    return devices.length === 0 ? present : [...present, ...devices].sort(comparePaths);
  }

  content(path: BytePath): ContentSource {
    return this.#disk.content(path);
  }

  xattrs(path: BytePath): ReadonlyMap<string, Uint8Array> {
    return this.#known.lstat(path)?.type === 'file' ? this.#known.xattrs(path) : this.#disk.xattrs(path);
  }
}

/** Devices are in no directory: only root of the machine may make them. */
export function isDevice(stat: NodeStat | undefined): boolean {
  return stat?.type === 'char' || stat?.type === 'block';
}
