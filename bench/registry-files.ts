import { lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a list of files and directories below a root, relative to `/`, that have so many bytes together. */
export function filesOfMachine(root: string, bytes: number, list: string): void {
  const found: string[] = [];
  let left = bytes;
  const walk = (directory: string): void => {
    for (const name of readdirSync(directory).sort()) {
      const path = join(directory, name);
      const stat = lstatSync(path);
      if (left <= 0) return;
      found.push(path.slice(1));
      if (stat.isDirectory()) walk(path);
      else if (stat.isFile()) left -= stat.size;
    }
  };
  walk(root);
  writeFileSync(list, `${found.join('\n')}\n`);
}
