import type { BytePath } from '../bytes/index.ts';
import type { TarMember } from '../tar/index.ts';

/** Turns the second and later names of one inode into hard links to the first name seen. */
export class LinkGroups {
  readonly #first = new Map<string, BytePath>();

  /** The member as a file where its inode is new here, as a hard link otherwise. */
  admit(
    member: TarMember,
    inode: { readonly dev: bigint; readonly ino: bigint; readonly nlink: bigint },
  ): TarMember {
    if (inode.nlink < 2n || member.type === 'directory') return member;
    const key = `${inode.dev}:${inode.ino}`;
    const target = this.#first.get(key);
    if (target !== undefined)
      return { ...member, type: 'hardlink', linkname: target, size: 0, content: undefined };
    this.#first.set(key, member.path);
    return member;
  }
}
