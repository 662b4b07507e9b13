import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { IdRange } from '../id-map.ts';

/** Another line of the map would exceed what old kernels take, together with the user's own id. */
const MAX_RANGES = 4;

/**
 * The map of a user namespace in which root is this user and all other ids come from the ranges that
 * `/etc/subuid` or `/etc/subgid` (subuid(5)) lends, by name or by number. Undefined where it lends none.
 */
export function subordinateMap(
  text: string,
  owner: { readonly uid: number; readonly name: string | undefined },
  ownId: number,
): IdRange[] | undefined {
  const lent = text
    .split('\n')
    .map((line) => line.trim().split(':'))
    .filter(([who]) => who === `${owner.uid}` || (who !== '' && who === owner.name))
    .map(([, start, count]) => ({ outside: Number(start), count: Number(count) }))
    .filter(({ outside, count }) => Number.isSafeInteger(outside) && Number.isSafeInteger(count) && count > 0)
    .slice(0, MAX_RANGES);
  if (lent.length === 0) return undefined;
  let inside = 1;
  const map: IdRange[] = [{ inside: 0, outside: ownId, count: 1 }];
  for (const range of lent) {
    map.push({ inside, ...range });
    inside += range.count;
  }
  return map;
}

/** The name of a user as the system knows it; undefined for an id without an entry. */
export function nameOfUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** A file's text; empty where it is missing or unreadable. */
export function readOptional(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
