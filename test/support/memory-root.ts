import { readFileSync } from 'node:fs';
import { type BytePath, baseName, fromText, parentPath, toFs } from '../../src/bytes/index.ts';
import type { NodeStat, RootView } from '../../src/rootfs/index.ts';
import { type ContentSource, NO_XATTRS, type TarMember } from '../../src/tar/index.ts';

export interface MemoryNode extends NodeStat {
  readonly linkname: BytePath;
  readonly content: string;
  readonly xattrs: ReadonlyMap<string, Uint8Array>;
}

/** `[path, type, mode, uid, gid, seconds, content or link target]`; type h is a hard link. */
export type NodeRow = readonly [string, string, number, number, number, number, string?];

const TYPES: Readonly<Record<string, NodeStat['type']>> = {
  d: 'directory',
  f: 'file',
  l: 'symlink',
  p: 'fifo',
  s: 'socket',
  c: 'char',
};

/** A file tree in memory. */
export class MemoryRoot implements RootView {
  readonly nodes: Map<string, MemoryNode>;

  constructor(nodes: Iterable<readonly [string, MemoryNode]> = []) {
    this.nodes = new Map(nodes);
    if (!this.nodes.has('/')) this.nodes.set('/', node({ type: 'directory', mode: 0o755 }));
  }

  static of(rows: readonly NodeRow[]): MemoryRoot {
    const root = new MemoryRoot();
    for (const row of rows) root.add(row);
    return root;
  }

  add([path, type, mode, uid, gid, seconds, value = '']: NodeRow): void {
    const key = fromText(path);
    if (type === 'h') {
      const first = this.get(fromText(value));
      const linkGroup = first.linkGroup ?? value;
      this.nodes.set(fromText(value), { ...first, linkGroup });
      this.nodes.set(key, { ...first, linkGroup });
      return;
    }
    this.nodes.set(
      key,
      node({
        type: TYPES[type] ?? 'file',
        mode,
        uid,
        gid,
        mtimeNs: BigInt(seconds) * 1_000_000_000n,
        content: type === 'f' ? value : '',
        size: type === 'f' ? Buffer.byteLength(value) : 0,
        linkname: type === 'l' ? fromText(value) : ('' as BytePath),
        devMajor: type === 'c' ? 1 : 0,
        devMinor: type === 'c' ? 3 : 0,
      }),
    );
  }

  lstat(path: BytePath): NodeStat | undefined {
    return this.nodes.get(path);
  }

  readlink(path: BytePath): BytePath {
    return this.get(path).linkname;
  }

  readdir(path: BytePath): BytePath[] {
    return [...this.nodes.keys()]
      .filter((key) => key !== '/' && parentPath(key as BytePath) === path)
      .map((key) => baseName(key as BytePath))
      .sort();
  }

  content(path: BytePath): ContentSource {
    return { kind: 'bytes', bytes: Buffer.from(this.get(path).content) };
  }

  xattrs(path: BytePath): ReadonlyMap<string, Uint8Array> {
    return this.get(path).xattrs;
  }

  get(path: string): MemoryNode {
    const found = this.nodes.get(path);
    if (found === undefined) throw new Error(`nothing at ${path}`);
    return found;
  }

  /** This tree with a layer on top of it, as unpacking the layer would leave it. */
  with(members: readonly TarMember[]): MemoryRoot {
    const result = new MemoryRoot(this.nodes);
    for (const member of members) result.#apply(member);
    return result;
  }

  #apply(member: TarMember): void {
    const key = `/${member.path}`;
    const parent = this.nodes.get(parentPath(key as BytePath));
    if (parent?.type !== 'directory') throw new Error(`${key}: its parent is no directory`);
    if (member.type !== 'directory')
      for (const old of this.nodes.keys()) if (old.startsWith(`${key}/`)) this.nodes.delete(old);
    if (member.type === 'hardlink') {
      const target = `/${member.linkname}`;
      this.add([
        Buffer.from(key, 'latin1').toString(),
        'h',
        0,
        0,
        0,
        0,
        Buffer.from(target, 'latin1').toString(),
      ]);
      return;
    }
    const { path: _path, content, ...rest } = member;
    const text = content === undefined ? '' : bytesOf(content).toString();
    this.nodes.set(key, node({ ...rest, type: member.type, content: text }));
  }
}

function bytesOf(content: ContentSource): Buffer {
  return content.kind === 'bytes' ? Buffer.from(content.bytes) : readFileSync(toFs(content.path));
}

function node(fields: Partial<MemoryNode>): MemoryNode {
  return {
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: 0,
    mtimeNs: 0n,
    devMajor: 0,
    devMinor: 0,
    linkname: '' as BytePath,
    content: '',
    xattrs: NO_XATTRS,
    ...fields,
  };
}
