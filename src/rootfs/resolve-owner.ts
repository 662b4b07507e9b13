import { BuildError } from '../errors/index.ts';
import { parseId, readGroups, readPasswd } from './accounts.ts';
import type { RootView } from './root-view.ts';

export interface OwnerIds {
  readonly uid: number;
  readonly gid: number;
}

/** Told of each name that `--chown` gives and the image does not know. */
export type OnUnknownName = (kind: 'user' | 'group', name: string) => void;

const MAX_ID = 2 ** 31 - 1;

/**
 * The owner that `--chown=user[:group]` names. A number alone stands for the group too, a name brings its primary group
 * from the image's /etc/passwd, `root` is 0 without any file. As in BuildKit, a user the image does not know is root, and
 * a group it does not know changes nothing.
 */
export function resolveOwner(view: RootView, text: string, onUnknown?: OnUnknownName): OwnerIds {
  const colon = text.indexOf(':');
  const [user, group] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  const owner = ownerOfUser(view, user, onUnknown);
  return group === '' ? owner : { uid: owner.uid, gid: groupId(view, group, onUnknown) ?? owner.gid };
}

function ownerOfUser(view: RootView, user: string, onUnknown: OnUnknownName | undefined): OwnerIds {
  const uid = numberOf(user);
  if (uid !== undefined) return { uid, gid: uid };
  const entry = readPasswd(view).find(({ name }) => name === user);
  if (entry === undefined) onUnknown?.('user', user);
  return { uid: entry?.uid ?? 0, gid: entry?.gid ?? 0 };
}

function groupId(view: RootView, group: string, onUnknown: OnUnknownName | undefined): number | undefined {
  const gid = numberOf(group);
  if (gid !== undefined) return gid;
  const entry = readGroups(view).find(({ name }) => name === group);
  if (entry === undefined) onUnknown?.('group', group);
  return entry?.gid;
}

function numberOf(text: string): number | undefined {
  const id = text === 'root' ? 0 : parseId(text);
  return id !== undefined && id <= MAX_ID ? id : undefined;
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
