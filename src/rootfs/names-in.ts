import { readdirSync } from 'node:fs';
import { toFs, type BytePath } from '../bytes/index.ts';

/** The names in a directory of this machine, in no order. Throws what readdir throws. */
export function namesIn(directory: BytePath): BytePath[] {
  return readdirSync(toFs(directory), { encoding: 'latin1' }) as BytePath[];
}
