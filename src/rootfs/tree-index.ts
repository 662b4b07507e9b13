import { baseName, comparePaths, components, joinPath, parentPath, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import { NO_XATTRS, type ContentSource, type TarHandler, type TarMember } from '../tar/index.ts';
import { impliedDirectory } from './implied-directory.ts';
import { IndexLayer } from './index-layer.ts';
import { cleanMemberPath, refusal } from './layer-name.ts';
import { resolveInRoot } from './resolve-in-root.ts';
import type { NodeStat, RootView } from './root-view.ts';
import { createNode, inodeOf, type Inode, type TreeNode } from './tree-node.ts';

const ROOT = '/' as BytePath;

let groups = 0;

/**
 * A tree known from tar headers alone: enough to look up paths, owners and links of an image that is never unpacked.
 * Entries lie where the disk would have them: symlinks of parent directories are followed inside the root.
 */
export class TreeIndex implements RootView {
  /** Nodes with another owner are shared with other trees and copied before they change. */
  #owner: object = {};
  #root: TreeNode;

  constructor(root?: TreeNode) {
    this.#root = root ?? createNode(this.#owner, inodeOf(impliedDirectory('' as BytePath)));
  }

  lstat(path: BytePath): NodeStat | undefined {
    return this.#find(path)?.inode;
  }

  readlink(path: BytePath): BytePath {
    return this.#get(path).inode.linkname;
  }

  readdir(path: BytePath): BytePath[] {
    return [...(this.#get(path).children?.keys() ?? [])].sort(comparePaths);
  }

  content(path: BytePath): ContentSource {
    const { content, size } = this.#get(path).inode;
    if (content !== undefined) return content;
    if (size === 0) return { kind: 'bytes', bytes: new Uint8Array(0) };
    throw new BuildError(
      'INTERNAL',
      `the content of ${path} was asked for, of which only the header is known`,
    );
  }

  xattrs(path: BytePath): ReadonlyMap<string, Uint8Array> {
    return this.#find(path)?.inode.xattrs ?? NO_XATTRS;
  }

  /**
   * Puts a member at its place, over whatever is there; missing parents are made. Only directories merge. Returns the
   * path it got, absolute and resolved. Throws ARCHIVE for names outside the root and hard links to nothing.
   */
  addMember(member: TarMember): BytePath {
    const path = this.placeOf(cleanMemberPath(member.path));
    if (member.type === 'hardlink') this.#link(path, member);
    else this.#put(path, inodeOf({ ...member, type: member.type }), member.path);
    return path;
  }

  /** Takes away what is at and below a resolved path, absolute or relative; nothing where there is nothing. */
  removePath(path: BytePath): void {
    const absolute = joinPath(ROOT, path);
    if (this.#find(absolute) === undefined || absolute === ROOT) return;
    this.#directory(parentPath(absolute)).children?.delete(baseName(absolute));
  }

  /** A tree that starts as this one; from then on neither sees the other's changes. Costs nothing until they differ. */
  clone(): TreeIndex {
    this.#owner = {};
    return new TreeIndex(this.#root);
  }

  /**
   * Applies one layer from the headers of its archive, whiteouts included. The bytes of its files are kept in `spill`, an
   * existing directory, where one is given.
   */
  handler(spill?: string): TarHandler {
    return new IndexLayer(this, spill);
  }

  /** Where a relative clean path of an archive lies: its parents' links followed inside the root, the last name kept. */
  placeOf(path: BytePath): BytePath {
    if (path === '') return ROOT;
    const absolute = joinPath(ROOT, path);
    // Most parents are plain directories, for which looking once is enough.
    if (this.#find(parentPath(absolute))?.children !== undefined) return absolute;
    return joinPath(resolveInRoot(this, parentPath(path)).path, baseName(path));
  }

  #put(path: BytePath, inode: Inode, name: BytePath): void {
    if (path === ROOT) {
      if (inode.type !== 'directory') throw refusal(name, 'would replace the root directory');
      this.#root = createNode(this.#owner, inode, this.#directory(ROOT).children);
      return;
    }
    const siblings = this.#directory(parentPath(path)).children;
    const base = baseName(path);
    const previous = siblings?.get(base);
    // Shared children are copied, for the node is new and counts as this tree's own.
    const kept = previous?.owner === this.#owner ? previous.children : copyOf(previous?.children);
    siblings?.set(base, createNode(this.#owner, inode, kept));
  }

  #link(path: BytePath, member: TarMember): void {
    const target = this.placeOf(cleanMemberPath(member.linkname));
    const inode = this.#find(target)?.inode;
    if (inode === undefined)
      throw refusal(member.path, `is a hard link to ${member.linkname}, which does not exist`);
    if (inode.type === 'directory') throw refusal(member.path, 'is a hard link to a directory');
    if (target === path) return;
    inode.linkGroup ??= `index:${++groups}`;
    this.#put(path, inode, member.path);
  }

  #find(path: BytePath): TreeNode | undefined {
    let node: TreeNode | undefined = this.#root;
    for (const name of components(path)) node = node?.children?.get(name);
    return node;
  }

  #get(path: BytePath): TreeNode {
    const node = this.#find(path);
    if (node === undefined)
      throw new BuildError('INTERNAL', `${path} was asked for, which is not in the tree`);
    return node;
  }

  /** The directory at a resolved path as a node of this tree's own, made where there is none or something else. */
  #directory(path: BytePath): TreeNode {
    if (this.#root.owner !== this.#owner) this.#root = this.#owned(this.#root);
    let node = this.#root;
    for (const name of components(path)) {
      const child: TreeNode | undefined = node.children?.get(name);
      if (child?.owner === this.#owner && child.children !== undefined) {
        node = child;
        continue;
      }
      const own = child?.children === undefined ? this.#implied(name) : this.#owned(child);
      node.children?.set(name, own);
      node = own;
    }
    return node;
  }

  #implied(name: BytePath): TreeNode {
    return createNode(this.#owner, inodeOf(impliedDirectory(name)));
  }

  #owned(node: TreeNode): TreeNode {
    return createNode(this.#owner, node.inode, copyOf(node.children));
  }
}

function copyOf(children: Map<BytePath, TreeNode> | undefined): Map<BytePath, TreeNode> | undefined {
  return children === undefined ? undefined : new Map(children);
}
