import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The names of the cases in a directory of this folder, one directory each. */
export function casesIn(group: string): string[] {
  return readdirSync(join(import.meta.dirname, group)).sort();
}

/** The text of a case's Dockerfile, its line ends and byte order mark as they are. */
export function dockerfileOf(group: string, name: string): string {
  return readFileSync(join(import.meta.dirname, group, name, 'Dockerfile'), 'utf8');
}

/**
 * The expected text beside a case's Dockerfile. With UPDATE_GOLDEN=1 in the environment the actual text
 * is written there first, to be reviewed before it is committed.
 */
export function expectedOf(group: string, name: string, file: string, actual: string): string {
  const path = join(import.meta.dirname, group, name, file);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, actual);
  if (!existsSync(path)) throw new Error(`${path} is missing; write it, or run with UPDATE_GOLDEN=1`);
  return readFileSync(path, 'utf8');
}
