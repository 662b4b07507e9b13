import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** Where administrators' tools lie that an unprivileged PATH often lacks. */
const SYSTEM_DIRECTORIES = ['/usr/sbin', '/sbin', '/usr/bin', '/bin'];

/**
 * The absolute path of a program: the first executable regular file of that name in the directories of `pathText`
 * (as in PATH; relative entries are ignored) and then in the system's own. Undefined where there is none.
 */
export function findProgram(name: string, pathText: string): string | undefined {
  const directories = [...pathText.split(':').filter((entry) => isAbsolute(entry)), ...SYSTEM_DIRECTORIES];
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
