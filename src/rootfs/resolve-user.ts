import { BuildError } from '../errors/index.ts';
import { parseId, readGroups, readPasswd, type PasswdEntry } from './accounts.ts';
import { unknownName } from './resolve-owner.ts';
import type { RootView } from './root-view.ts';

/** Who a process of the image runs as. */
export interface UserIdentity {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups; the primary one is the first of them, as container runtimes have it. */
  readonly groups: readonly number[];
  readonly home: string | undefined;
  readonly name: string | undefined;
}

const MAX_ID = 2 ** 31 - 1;

/**
 * The identity that USER names: `user`, `uid`, `user:group`, `uid:gid` and mixtures; empty is root. Names and homes come
 * from the image's own files. A number without an account has group 0; supplementary groups are looked up only where no
 * group is given. Throws FILESYSTEM for unknown names and numbers above 2³¹ - 1.
 */
export function resolveUser(view: RootView, user: string): UserIdentity {
  const colon = user.indexOf(':');
  const userText = (colon < 0 ? user : user.slice(0, colon)) || '0';
  const groupText = colon < 0 ? '' : user.slice(colon + 1);
  const accounts = readPasswd(view);
  const given = idOf(userText);
  const account = accounts.find((entry) =>
    given === undefined ? entry.name === userText : entry.uid === given,
  );
  const uid = account?.uid ?? given;
  if (uid === undefined && userText !== 'root') throw unknownName('user', userText, '/etc/passwd');
  const gid = groupText === '' ? (account?.gid ?? 0) : groupOf(view, groupText);
  const others = groupText === '' ? groupsOf(view, account) : [];
  return {
    uid: uid ?? 0,
    gid,
    groups: [gid, ...others.filter((group) => group !== gid)],
    home: homeOf(accounts, uid ?? 0),
    name: account?.name,
  };
}

function groupOf(view: RootView, text: string): number {
  const given = idOf(text);
  if (given !== undefined) return given;
  const group = readGroups(view).find(({ name }) => name === text);
  if (group === undefined) throw unknownName('group', text, '/etc/group');
  return group.gid;
}

function groupsOf(view: RootView, account: PasswdEntry | undefined): number[] {
  if (account === undefined) return [];
  return readGroups(view)
    .filter(({ members }) => members.includes(account.name))
    .map(({ gid }) => gid);
}

/** As the runtime sets HOME: by number, so that the first account of that number counts. */
function homeOf(accounts: readonly PasswdEntry[], uid: number): string {
  const home = accounts.find((entry) => entry.uid === uid)?.home;
  if (home !== undefined && home !== '') return home;
  return uid === 0 ? '/root' : '/';
}

function idOf(text: string): number | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const id = parseId(text);
  if (id === undefined || id > MAX_ID) {
    throw new BuildError('FILESYSTEM', `user ${text}: uids and gids must be in range 0-${MAX_ID}`);
  }
  return id;
}
