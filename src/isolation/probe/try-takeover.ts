import { chownSync, lstatSync, mkdtempSync, renameSync, rmdirSync } from 'node:fs';
import { basename } from 'node:path';
import { sandboxTools } from '../sandbox-tools.ts';
import { prefixOfNew } from '../scratch/scratch-names.ts';

/**
 * Moves an empty directory of the builder's into the root and back, as a build moves its trees, with another owner.
 * Returns what is refused; undefined where all goes well.
 */
export function tryTakeover(builderDirectory: string): string | undefined {
  try {
    const tools = sandboxTools(`${builderDirectory}/bin`);
    const elsewhere = Object.values(tools).find(
      (path) => path !== undefined && !path.startsWith(`${builderDirectory}/`),
    );
    if (elsewhere !== undefined) return `${elsewhere} lies in the root that would be taken over`;
    const parked = mkdtempSync(`${builderDirectory}/${prefixOfNew()}`);
    const inRoot = `/${basename(parked)}`;
    try {
      chownSync(parked, 1, 1);
      renameSync(parked, inRoot);
      renameSync(inRoot, parked);
    } finally {
      for (const path of [parked, inRoot])
        if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) rmdirSync(path);
    }
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
