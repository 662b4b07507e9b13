import { type BytePath, toText } from '../../bytes/index.ts';
import { BuildError } from '../../errors/index.ts';
import type { NodeStat } from '../../rootfs/index.ts';
import type { TarEntry } from '../../tar/index.ts';
import { wholeSeconds } from '../copy-tree.ts';
import type { PlannedNode, PlannedTree } from '../planned-tree.ts';
import { refusal } from './archive-name.ts';
import type { Spill } from './spill.ts';

/** Owner, mode and time: what a hard link's entry says of the file it names. */
type Attributes = Pick<PlannedNode, 'mode' | 'uid' | 'gid' | 'mtimeNs'>;

interface LinkedInode {
  readonly names: Set<BytePath>;
  attributes: Attributes | undefined;
}

/** The hard links of an archive. The entry read last decides what all names of a file have in common. */
export class LinkedInodes {
  readonly #tree: PlannedTree;
  readonly #spill: Spill;
  readonly #inodes = new Map<object, LinkedInode>();

  constructor(tree: PlannedTree, spill: Spill) {
    this.#tree = tree;
    this.#spill = spill;
  }

  /** Plans another name for what lies at `target`, both resolved. Throws ARCHIVE where that is missing or a directory. */
  link(path: BytePath, target: BytePath, attributes: Attributes, entry: TarEntry): void {
    const stat = this.#tree.lstat(target);
    if (stat === undefined) throw refusal(entry.path, `it links to ${toText(target)}, which does not exist`);
    if (stat.type === 'directory' || stat.type === 'socket')
      throw refusal(entry.path, `it links to ${toText(target)}, which is a ${stat.type}`);
    const inode = this.#tree.planned(target)?.inode ?? {};
    const node: PlannedNode = { ...this.#nodeAt(target, { ...stat, type: stat.type }), inode };
    this.#tree.put(target, node);
    if (this.#tree.lstat(path) !== undefined) this.#tree.remove(path);
    this.#tree.put(path, node);
    this.#remember(inode, [target, path], stat.type === 'symlink' ? undefined : attributes);
  }

  /** Gives all names of each file the attributes that were told last. */
  finish(): void {
    for (const [inode, { names, attributes }] of this.#inodes) {
      for (const name of names) {
        const node = this.#tree.planned(name);
        if (node?.inode === inode && attributes !== undefined) {
          const { mode, uid, gid, mtimeNs } = attributes;
          this.#tree.put(name, { ...node, mode, uid, gid, mtimeNs });
        }
      }
    }
  }

  #remember(inode: object, names: readonly BytePath[], attributes: Attributes | undefined): void {
    const known = this.#inodes.get(inode) ?? { names: new Set(), attributes: undefined };
    for (const name of names) known.names.add(name);
    known.attributes = attributes ?? known.attributes;
    this.#inodes.set(inode, known);
  }

  /** What is planned at a path, or the image's own file, which then becomes part of the layer with all its content. */
  #nodeAt(path: BytePath, stat: NodeStat & { readonly type: PlannedNode['type'] }): PlannedNode {
    const planned = this.#tree.planned(path);
    if (planned !== undefined) return planned;
    return {
      type: stat.type,
      mode: stat.mode,
      uid: stat.uid,
      gid: stat.gid,
      size: stat.size,
      mtimeNs: wholeSeconds(stat.mtimeNs),
      devMajor: stat.devMajor,
      devMinor: stat.devMinor,
      linkname: stat.type === 'symlink' ? this.#tree.readlink(path) : ('' as BytePath),
      xattrs: this.#tree.xattrs(path),
      content: stat.type === 'file' && stat.size > 0 ? this.#contentOf(path) : undefined,
    };
  }

  #contentOf(path: BytePath): PlannedNode['content'] {
    try {
      // The tree may be closed before the layer is written.
      return this.#spill.copyOf(this.#tree.content(path));
    } catch (error) {
      if (!(error instanceof BuildError) || error.code !== 'INTERNAL') throw error;
      throw new BuildError(
        'UNSUPPORTED',
        `the archive holds a hard link to ${toText(path)}, a file of the image`,
        {
          hint: 'unpack the archive in a RUN instruction, or put the file itself into it',
          cause: error,
        },
      );
    }
  }
}
