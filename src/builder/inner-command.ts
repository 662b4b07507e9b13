import { fileURLToPath } from 'node:url';

/** Program and arguments of the building process: beside this file in the sources, in a folder of its own in `dist/`. */
export function innerCommand(): string[] {
  const isSource = import.meta.url.endsWith('.ts');
  const file = import.meta.resolve(isSource ? './inner.ts' : '../builder/index.js');
  return [process.execPath, fileURLToPath(file)];
}
