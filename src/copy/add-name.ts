import { posix } from 'node:path';
import { BuildError, redact } from '../errors/index.ts';

/** BuildKit's name for a download whose URL has none. */
const UNNAMED = '__unnamed__';

/**
 * The name a download of ADD gets in a directory: the last segment of its URL's path, percent-encoding undone, whatever
 * the server says; `__unnamed__` where the path is empty, as in BuildKit. Throws DOCKERFILE_SEMANTICS for names no file
 * can have.
 */
export function addNameFromUrl(url: string): string {
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? '';
  const decoded = decode(path);
  if (decoded === undefined) return UNNAMED;
  const name = posix.basename(decoded);
  if (name === '') return UNNAMED;
  if (name === '.' || name === '..' || name.includes('\0')) {
    throw new BuildError(
      'DOCKERFILE_SEMANTICS',
      `the URL ${redact(url)} does not end in the name of a file`,
      { hint: 'name the file in a RUN instruction that downloads it' },
    );
  }
  return name;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
