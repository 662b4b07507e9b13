import { lchownSync } from 'node:fs';

/**
 * Makes a file that root wrote under sudo belong to whoever called sudo, so that the process outside can read and
 * delete it. Does nothing in other backends: there, what is written inside belongs to the caller already.
 */
export function giveToCaller(path: string, env: Readonly<Record<string, string | undefined>>): void {
  const [uid = '', gid = ''] = [env['SUDO_UID'], env['SUDO_GID']];
  if (isId(uid) && isId(gid)) lchownSync(path, Number(uid), Number(gid));
}

function isId(text: string): boolean {
  return /^[0-9]+$/.test(text);
}
