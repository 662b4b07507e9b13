import { type BytePath, baseName, comparePaths, joinPath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import type { NodeStat, RootView } from '../rootfs/index.ts';
import type { ContentSource, EntryType, TarEntry, TarMember } from '../tar/index.ts';
import { parentOf } from './destination.ts';

/** Something a plan puts into the tree. */
export interface PlannedNode {
  readonly type: Exclude<EntryType, 'hardlink'>;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly devMajor: number;
  readonly devMinor: number;
  readonly linkname: BytePath;
  readonly xattrs: ReadonlyMap<string, Uint8Array>;
  readonly content?: ContentSource | undefined;
  /** Names planned with the same object become hard links of each other. */
  readonly inode?: object | undefined;
}

/**
 * A tree as it will be once a plan is carried out: the planned nodes over what is there already. Reading it is how later
 * sources of one instruction see what earlier ones made.
 */
export class PlannedTree implements RootView {
  readonly #base: RootView;
  readonly #nodes = new Map<BytePath, PlannedNode>();
  /** Names of planned nodes, by the directory they are in. */
  readonly #children = new Map<BytePath, Set<BytePath>>();
  /** Paths whose contents in the base no longer count: newly made directories and removed entries. */
  readonly #detached = new Set<BytePath>();

  constructor(base: RootView) {
    this.#base = base;
  }

  lstat(path: BytePath): NodeStat | undefined {
    const planned = this.#nodes.get(path);
    if (planned !== undefined) return planned;
    return this.#isDetached(path) ? undefined : this.#base.lstat(path);
  }

  readlink(path: BytePath): BytePath {
    return this.#nodes.get(path)?.linkname ?? this.#base.readlink(path);
  }

  readdir(path: BytePath): BytePath[] {
    const detached = this.#detached.has(path) || this.#isDetached(path);
    const names = new Set(detached ? [] : this.#base.readdir(path));
    for (const name of this.#children.get(path) ?? []) names.add(name);
    return [...names].filter((name) => this.lstat(joinPath(path, name)) !== undefined).sort(comparePaths);
  }

  content(path: BytePath): ContentSource {
    const planned = this.#nodes.get(path);
    if (planned === undefined) return this.#base.content(path);
    return planned.content ?? { kind: 'bytes', bytes: new Uint8Array(0) };
  }

  xattrs(path: BytePath): ReadonlyMap<string, Uint8Array> {
    return this.#nodes.get(path)?.xattrs ?? this.#base.xattrs(path);
  }

  planned(path: BytePath): PlannedNode | undefined {
    return this.#nodes.get(path);
  }

  /** Puts a node at a path whose parent exists. What was there has to be removed before, unless both are directories or neither is. */
  put(path: BytePath, node: PlannedNode): void {
    if (this.lstat(path) === undefined) this.#detached.add(path);
    this.#nodes.set(path, node);
    if (path === '/') return;
    const siblings = this.#children.get(parentOf(path));
    if (siblings === undefined) this.#children.set(parentOf(path), new Set([baseName(path)]));
    else siblings.add(baseName(path));
  }

  /** Takes away whatever is at and below a path. */
  remove(path: BytePath): void {
    this.#forget(path);
    this.#children.get(parentOf(path))?.delete(baseName(path));
    this.#detached.add(path);
  }

  /** What the layer has to hold, sorted bytewise by path. The first name of an inode is the file, the others link to it. */
  members(): TarMember[] {
    const first = new Map<object, BytePath>();
    return [...this.#nodes]
      .filter(([path]) => path !== '/')
      .sort(([a], [b]) => comparePaths(a, b))
      .map(([path, node]) => {
        this.#refuseUnstorable(path, node);
        const stored = path.slice(1) as BytePath;
        const target = node.inode === undefined ? undefined : first.get(node.inode);
        if (node.inode !== undefined && target === undefined) first.set(node.inode, stored);
        return toMember(stored, node, target);
      });
  }

  #forget(path: BytePath): void {
    const pending = [path];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      for (const name of this.#children.get(at) ?? []) pending.push(joinPath(at, name));
      this.#children.delete(at);
      this.#nodes.delete(at);
    }
  }

  #isDetached(path: BytePath): boolean {
    for (let at = path; at !== '/'; at = parentOf(at)) if (this.#detached.has(at)) return true;
    return false;
  }

  /** What a layer cannot say: a name or a device that would be read as a whiteout, a directory emptied and filled anew. */
  #refuseUnstorable(path: BytePath, node: PlannedNode): void {
    if (baseName(path).startsWith('.wh.')) {
      throw new BuildError('UNSUPPORTED', `${path}: a layer cannot hold a file whose name begins with .wh.`, {
        hint: 'exclude it, by .dockerignore or --exclude',
      });
    }
    if (node.type === 'char' && node.devMajor === 0 && node.devMinor === 0) {
      throw new BuildError('UNSUPPORTED', `${path}: the character device 0:0 marks a deletion in overlays`, {
        hint: 'leave it out; no program has a use for it',
      });
    }
    if (
      node.type === 'directory' &&
      this.#detached.has(path) &&
      this.#base.lstat(path)?.type === 'directory'
    ) {
      throw new BuildError('UNSUPPORTED', `${path}: an archive replaces this directory by a new one`, {
        hint: 'unpack the archive in a RUN instruction',
      });
    }
  }
}

function toMember(path: BytePath, node: PlannedNode, target: BytePath | undefined): TarMember {
  const entry: TarEntry = {
    path,
    type: target === undefined ? node.type : 'hardlink',
    mode: node.mode,
    uid: node.uid,
    gid: node.gid,
    size: target === undefined ? node.size : 0,
    mtimeNs: node.mtimeNs,
    linkname: target ?? node.linkname,
    devMajor: node.devMajor,
    devMinor: node.devMinor,
    xattrs: node.xattrs,
  };
  return entry.size > 0 ? { ...entry, content: node.content } : entry;
}
