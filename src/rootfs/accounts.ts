import { fromText } from '../bytes/index.ts';
import { readTextFile } from './read-content.ts';
import type { RootView } from './root-view.ts';

/** More than any real file of accounts holds; BuildKit has the same limit. */
export const MAX_ACCOUNT_FILE_BYTES = 10 * 1024 * 1024;

export interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** The accounts of an image in the order of its /etc/passwd; none where it has no such file. Malformed lines are skipped. */
export function readPasswd(view: RootView): PasswdEntry[] {
  return lines(view, '/etc/passwd').flatMap((line) => {
    const [name = '', , uidText = '', gidText = '', , home = ''] = line.split(':');
    const [uid, gid] = [parseId(uidText), parseId(gidText)];
    return uid === undefined || gid === undefined ? [] : [{ name, uid, gid, home }];
  });
}

/** The groups of an image in the order of its /etc/group; none where it has no such file. Malformed lines are skipped. */
export function readGroups(view: RootView): GroupEntry[] {
  return lines(view, '/etc/group').flatMap((line) => {
    const [name = '', , gidText = '', members = ''] = line.split(':');
    const gid = parseId(gidText);
    return gid === undefined ? [] : [{ name, gid, members: members.split(',').filter((one) => one !== '') }];
  });
}

/** A user or group number in decimal; undefined where the text is none or larger than what the kernel takes. */
export function parseId(text: string): number | undefined {
  if (!/^[0-9]{1,10}$/.test(text)) return undefined;
  const id = Number(text);
  // 2³² - 1 means "leave as it is" to chown(2).
  return id < 0xffff_ffff ? id : undefined;
}

function lines(view: RootView, path: string): string[] {
  const text = readTextFile(view, fromText(path), MAX_ACCOUNT_FILE_BYTES) ?? '';
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
