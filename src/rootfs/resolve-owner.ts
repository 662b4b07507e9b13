import { BuildError } from '../errors/index.ts';
import { parseId, readGroups, readPasswd } from './accounts.ts';
import type { RootView } from './root-view.ts';

export interface OwnerIds {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The owner that `--chown=user[:group]` names. A number alone stands for the group too, a name brings its primary group
 * from the image's /etc/passwd, `root` is 0 without any file. Throws FILESYSTEM for names the image does not know.
 */
export function resolveOwner(view: RootView, text: string): OwnerIds {
  const colon = text.indexOf(':');
  const owner = ownerOfUser(view, colon < 0 ? text : text.slice(0, colon));
  return colon < 0 ? owner : { uid: owner.uid, gid: groupId(view, text.slice(colon + 1)) };
}

function ownerOfUser(view: RootView, user: string): OwnerIds {
  const uid = user === 'root' ? 0 : parseId(user);
  if (uid !== undefined) return { uid, gid: uid };
  const entry = readPasswd(view).find(({ name }) => name === user);
  if (entry === undefined) throw unknownName('user', user, '/etc/passwd');
  return { uid: entry.uid, gid: entry.gid };
}

function groupId(view: RootView, group: string): number {
  const gid = group === 'root' ? 0 : parseId(group);
  if (gid !== undefined) return gid;
  const entry = readGroups(view).find(({ name }) => name === group);
  if (entry === undefined) throw unknownName('group', group, '/etc/group');
  return entry.gid;
}

/** The error for a name that is not in the image's own files. */
export function unknownName(kind: 'user' | 'group', name: string, file: string): BuildError {
  return new BuildError(
    'FILESYSTEM',
    `unable to find ${kind} ${name}: no matching entries in ${file} of the image`,
    {
      hint: `create the ${kind} in an earlier instruction, or give its number`,
    },
  );
}
