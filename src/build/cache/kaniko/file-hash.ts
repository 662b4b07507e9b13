import { createHash } from 'node:crypto';
import { constants, lstatSync, readFileSync, readlinkSync } from 'node:fs';

const { S_IFMT, S_IFREG, S_IFLNK } = constants;
/** Files of a context that RUN steps are built upon are sources and locks; what is larger is not worth reading for this. */
const LARGEST = 64 * 1024 * 1024;

/**
 * kaniko's hash of a file of the context: type, permissions, owner and content, no name and no time. Undefined for a
 * directory, what is neither file nor link, and what is not there.
 */
export function kanikoFileHash(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.size > LARGEST) return undefined;
  const { mode, uid, gid } = stat;
  const type = mode & S_IFMT;
  if (type !== S_IFREG && type !== S_IFLNK) return undefined;
  const md5 = createHash('md5')
    .update(goMode(mode))
    .update(`${uid.toString(36)},${gid.toString(36)}`);
  md5.update(type === S_IFREG ? readFileSync(path) : readlinkSync(path, { encoding: 'buffer' }));
  return createHash('sha256').update(md5.digest('hex')).digest('hex');
}

/** A mode as Go writes it: `-rw-r--r--`, `Lrwxrwxrwx`, `urwxr-xr-x`. */
function goMode(mode: number): string {
  const special = [
    (mode & S_IFMT) === S_IFLNK ? 'L' : '',
    (mode & 0o4000) === 0 ? '' : 'u',
    (mode & 0o2000) === 0 ? '' : 'g',
    (mode & 0o1000) === 0 ? '' : 't',
  ].join('');
  const permissions = [...'rwxrwxrwx'].map((letter, at) => ((mode >> (8 - at)) & 1 ? letter : '-'));
  return (special || '-') + permissions.join('');
}
