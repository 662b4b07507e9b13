import { lchownSync } from 'node:fs';

/**
 * Makes a file that root wrote under sudo belong to whoever called sudo, so that the process outside can read and
 * delete it. Does nothing in other backends: there, what is written inside belongs to the caller already.
 */
export function giveToCaller(path: string, env: Readonly<Record<string, string | undefined>>): void {
  const uid = Number(env['SUDO_UID']);
  const gid = Number(env['SUDO_GID']);
  if (Number.isInteger(uid) && Number.isInteger(gid)) lchownSync(path, uid, gid);
}
