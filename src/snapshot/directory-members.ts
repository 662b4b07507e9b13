import { comparePaths, joinPath, type BytePath } from '../bytes/index.ts';
import { namesIn } from '../rootfs/index.ts';
import type { TarMember } from '../tar/index.ts';
import { memberOf, statAt, wholeMilliseconds } from './disk-member.ts';
import { LinkGroups } from './link-groups.ts';

/**
 * Everything below a directory that an archive can hold, the directory itself first as `.`; in the order of paths. Times
 * are whole milliseconds: Node sets them no more exactly. What is mounted below it is left out.
 */
export function directoryMembers(root: BytePath): TarMember[] {
  const top = statAt(root);
  const paths: BytePath[] = [];
  const pending: BytePath[] = ['' as BytePath];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const name of namesIn(joinPath(root, directory))) {
      const path = joinPath(directory, name);
      const stat = statAt(joinPath(root, path));
      if (stat === undefined || stat.dev !== top?.dev) continue;
      paths.push(path);
      if (stat.isDirectory()) pending.push(path);
    }
  }
  const links = new LinkGroups();
  return ['' as BytePath, ...paths.sort(comparePaths)].flatMap((path) => {
    const stat = statAt(joinPath(root, path));
    const member = stat && memberOf(root, path, stat);
    if (stat === undefined || member === undefined) return [];
    const named = {
      ...member,
      path: path === '' ? ('.' as BytePath) : path,
      mtimeNs: wholeMilliseconds(stat.mtimeNs),
    };
    return [links.admit(named, stat)];
  });
}
