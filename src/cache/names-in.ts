import { readdirSync } from 'node:fs';

/** Names of what lies in a directory; none where it is not there or cannot be read. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
