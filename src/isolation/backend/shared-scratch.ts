import { chmodSync, lchownSync, lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from './backend.ts';

/** Whether root of the backend is another user than the root that starts it. */
export function isShifted(backend: Backend): boolean {
  return rootOutside(backend) !== 0;
}

function rootOutside({ name, maps }: Backend): number {
  return name === 'userns-identity' ? (maps?.users[0]?.outside ?? 0) : 0;
}

/** Everything in it is made by us, and new things come. */
const SOURCES = 'sources';
/** Who is in the group may make entries, and take away none of ours. */
const SHARED = 0o1770;

/**
 * Gives root of a shifted backend, which is in the group root too, what we made in the scratch directory; to be called again
 * when there is more. Other backends need nothing. Directories in which we go on making things stay ours, and what belongs to
 * a directory is given before it: that root can never lead us to files outside.
 */
export function shareScratch(backend: Backend, scratch: string): void {
  const owner = rootOutside(backend);
  if (owner === 0) return;
  for (const directory of [scratch, join(scratch, SOURCES)]) {
    if (!isOurs(statOf(directory))) continue;
    lchownSync(directory, 0, 0);
    chmodSync(directory, SHARED);
    const names = readdirSync(directory).filter((name) => name !== SOURCES && !name.startsWith('.'));
    for (const name of names) give(join(directory, name), owner);
  }
}

function give(path: string, owner: number): void {
  const stat = statOf(path);
  if (!isOurs(stat)) return;
  if (stat.isDirectory()) for (const name of readdirSync(path)) give(join(path, name), owner);
  lchownSync(path, owner, 0);
}

/** A second name may be outside. */
function isOurs(stat: Stats | undefined): stat is Stats {
  return stat?.uid === 0 && !stat.isSymbolicLink() && (stat.isDirectory() || stat.nlink === 1);
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
