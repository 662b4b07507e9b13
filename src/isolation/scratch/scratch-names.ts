import { renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { identityLives, ownIdentity } from './owner-mark.ts';

/** Every scratch directory's name begins so; nothing else is ever deleted. */
export const SCRATCH_PREFIX = 'ts-kaniko-';

const NEW_PREFIX = `${SCRATCH_PREFIX}new-`;

/** What is to be removed, whoever is about to do it: the name says that nobody needs it any more. */
export const GONE_PREFIX = `${SCRATCH_PREFIX}gone-`;

/** How the name of a directory begins that is being made, and has no mark yet: with the process that makes it. */
export function prefixOfNew(): string {
  return `${NEW_PREFIX}${ownIdentity()}-`;
}

/** Whether the process that is making a directory is there; undefined where it is no such name, or cannot be told. */
export function makerLives(name: string): boolean | undefined {
  const identity = /^[0-9]+-[0-9]+-[0-9]+(?=-)/.exec(name.slice(NEW_PREFIX.length))?.[0];
  return identity === undefined ? undefined : identityLives(identity);
}

export function isNew(name: string): boolean {
  return name.startsWith(NEW_PREFIX);
}

/** Gives a directory the name of what is to be removed, which of several only one can do, and returns its new path. */
export function claim(directory: string): string {
  const name = basename(directory);
  if (name.startsWith(GONE_PREFIX)) return directory;
  const gone = join(dirname(directory), `${GONE_PREFIX}${process.pid}-${name.slice(SCRATCH_PREFIX.length)}`);
  renameSync(directory, gone);
  return gone;
}
