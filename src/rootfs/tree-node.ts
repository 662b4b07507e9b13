import type { BytePath } from '../bytes/index.ts';
import type { ContentSource, TarMember } from '../tar/index.ts';
import type { NodeStat } from './root-view.ts';

/** What the names of one file share. Nothing in it changes but the group, which appears with the second name. */
export interface Inode extends NodeStat {
  readonly linkname: BytePath;
  readonly xattrs: ReadonlyMap<string, Uint8Array>;
  readonly content: ContentSource | undefined;
  linkGroup: string | undefined;
}

/** A name in the tree. It belongs to the tree whose token it carries; another tree copies it before it changes it. */
export interface TreeNode {
  readonly owner: object;
  inode: Inode;
  /** Set for directories. */
  readonly children: Map<BytePath, TreeNode> | undefined;
}

/** A new node, with the children it had where it stays a directory. */
export function createNode(owner: object, inode: Inode, children?: Map<BytePath, TreeNode>): TreeNode {
  return { owner, inode, children: inode.type === 'directory' ? (children ?? new Map()) : undefined };
}

/** The inode a member describes; hard links have none of their own. */
export function inodeOf(member: TarMember & { readonly type: Inode['type'] }): Inode {
  return {
    type: member.type,
    mode: member.mode,
    uid: member.uid,
    gid: member.gid,
    size: member.size,
    mtimeNs: member.mtimeNs,
    devMajor: member.devMajor,
    devMinor: member.devMinor,
    linkname: member.linkname,
    xattrs: member.xattrs,
    content: member.content,
    linkGroup: undefined,
  };
}
