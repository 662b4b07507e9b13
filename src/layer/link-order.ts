import { comparePaths, type BytePath } from '../bytes/index.ts';
import type { TarMember } from '../tar/index.ts';

/**
 * The members with the first name of each hard-linked file, in bytewise order, as the file and the others as links to
 * it: a link must come after its target. Links to files that are not among the members stay as they are.
 */
export function orderLinks(members: readonly TarMember[]): TarMember[] {
  const files = new Map(members.filter(({ type }) => type !== 'hardlink').map((file) => [file.path, file]));
  const leaders = firstNames(members, files);
  return members.map((member) => {
    const target = member.type === 'hardlink' ? member.linkname : member.path;
    const [leader, file] = [leaders.get(target), files.get(target)];
    if (leader === undefined || file === undefined) return member;
    return member.path === leader ? { ...file, path: leader } : linkTo(leader, member.path, file);
  });
}

/** By the path of a file that has links: the first of all its names. */
function firstNames(
  members: readonly TarMember[],
  files: ReadonlyMap<BytePath, TarMember>,
): Map<BytePath, BytePath> {
  const first = new Map<BytePath, BytePath>();
  for (const { type, path, linkname } of members) {
    if (type !== 'hardlink' || !files.has(linkname)) continue;
    const known = first.get(linkname) ?? linkname;
    first.set(linkname, comparePaths(path, known) < 0 ? path : known);
  }
  return first;
}

/** A further name of a file; its metadata is the file's. */
export function linkTo(target: BytePath, path: BytePath, file: TarMember): TarMember {
  return { ...file, path, type: 'hardlink', linkname: target, size: 0, content: undefined };
}
