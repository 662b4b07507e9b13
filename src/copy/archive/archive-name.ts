import { type BytePath, components, toText } from '../../bytes/index.ts';
import { BuildError } from '../../errors/index.ts';

/** The longest name a directory can hold (NAME_MAX). */
const MAX_NAME_BYTES = 255;

/**
 * An entry's name as a clean relative path, empty for the archive's root: leading slashes count for nothing, `..` takes
 * back what stands before it. Throws ARCHIVE for names that lead out of the archive.
 */
export function archiveName(path: BytePath): BytePath {
  const kept: BytePath[] = [];
  for (const part of components(path)) {
    if (part.length > MAX_NAME_BYTES) throw refusal(path, 'a part of its name is longer than 255 bytes');
    if (part !== '..') kept.push(part);
    else if (kept.pop() === undefined) throw refusal(path, 'its name leads out of the archive');
  }
  return kept.join('/') as BytePath;
}

/** The error for an entry that is not unpacked. */
export function refusal(path: BytePath, why: string): BuildError {
  return new BuildError('ARCHIVE', `archive entry ${JSON.stringify(toText(path))} is refused: ${why}`);
}
