import { joinPath, type BytePath } from '../../bytes/index.ts';
import { BuildError } from '../../errors/index.ts';
import type { NodeStat, RootView } from '../../rootfs/index.ts';
import type { TarMember } from '../../tar/index.ts';

/** A name in a tree as a member of an archive; names that share a link group share one file. */
export interface ViewedMember {
  readonly member: TarMember;
  readonly linkGroup: string | undefined;
}

/** Everything below the root of a tree, each after the directory it is in, siblings in bytewise order. */
export function* viewMembers(view: RootView, directory = '' as BytePath): Generator<ViewedMember> {
  for (const name of view.readdir(`/${directory}` as BytePath)) {
    const path = joinPath(directory, name);
    const stat = view.lstat(`/${path}` as BytePath);
    if (stat === undefined) throw new BuildError('INTERNAL', `${path} is listed, but not there`);
    yield { member: memberOf(view, path, stat), linkGroup: stat.linkGroup };
    if (stat.type === 'directory') yield* viewMembers(view, path);
  }
}

function memberOf(view: RootView, path: BytePath, stat: NodeStat): TarMember {
  const { type, mode, uid, gid, size, mtimeNs, devMajor, devMinor } = stat;
  if (type === 'socket') throw new BuildError('INTERNAL', `${path} is a socket, which no archive holds`);
  const absolute = `/${path}` as BytePath;
  const linkname = type === 'symlink' ? view.readlink(absolute) : ('' as BytePath);
  const fixed = { path, type, mode, uid, gid, size, mtimeNs, devMajor, devMinor, linkname };
  const content = type === 'file' && size > 0 ? view.content(absolute) : undefined;
  return { ...fixed, xattrs: view.xattrs(absolute), content };
}
