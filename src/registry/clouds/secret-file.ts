import { readFileSync } from 'node:fs';
import { failed } from './ask.ts';

/** The text of a file somebody named. Throws REGISTRY_AUTH where it cannot be read. */
export function readSecretFile(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw failed(what, `cannot read ${path} (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

/** The text of a file that need not be there; undefined where it cannot be read. */
export function readOptionalFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
