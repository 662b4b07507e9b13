import { joinPath, type BytePath } from '../../bytes/index.ts';

/** Where path names of a process start. */
export interface Whereabouts {
  readonly cwd: BytePath;
  /** Its root directory, seen from that of the RUN. */
  readonly root: BytePath;
}

const ROOT = '/' as BytePath;

/** The text of a string word; undefined for `NULL` and for what was cut off. */
export function textOf(word: string | undefined): BytePath | undefined {
  const digits = /^"((?:\\x[0-9a-f]{2})*)"$/.exec(word ?? '')?.[1];
  return digits === undefined ? undefined : bytesOf(digits);
}

/** The path of an open file, as strace adds it to a descriptor; undefined for pipes, sockets and files that are gone. */
export function pathOfDescriptor(word: string | undefined): BytePath | undefined {
  const digits = /^(?:AT_FDCWD|-?[0-9]+)?<((?:\\x[0-9a-f]{2})*)>$/.exec(word ?? '')?.[1];
  if (digits === undefined) return undefined;
  const path = bytesOf(digits);
  return path.startsWith('/') ? path : undefined;
}

/** Where the path name of a call leads that takes no directory. */
export function pathFrom(where: Whereabouts, word: string | undefined): BytePath | undefined {
  const path = textOf(word);
  if (path === undefined || path === '') return undefined;
  return path.startsWith('/') ? joinPath(where.root, path) : joinPath(where.cwd, path);
}

/** Where the path name of a call leads that takes a directory, as openat(2) does. */
export function pathAt(
  where: Whereabouts,
  directory: string | undefined,
  word: string | undefined,
): BytePath | undefined {
  const path = textOf(word);
  if (path === undefined) return undefined;
  if (path.startsWith('/')) return joinPath(where.root, path);
  const base = pathOfDescriptor(directory);
  return base === undefined ? undefined : joinPath(base, path);
}

/** Where a process is that has not gone anywhere. */
export const AT_START: Whereabouts = { cwd: ROOT, root: ROOT };

function bytesOf(digits: string): BytePath {
  return Buffer.from(digits.replaceAll('\\x', ''), 'hex').toString('latin1') as BytePath;
}
