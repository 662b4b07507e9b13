import { readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fromText, toText, type BytePath } from '../../../bytes/index.ts';
import { goMatch, type BuildContext } from '../../../context/index.ts';
import { kanikoFileHash } from './file-hash.ts';

/**
 * What kaniko puts into the key of a COPY for its sources: a hash of each file, none of ignored ones. Undefined where
 * one is a directory (kaniko's hash of one does not tell its files' names apart in all versions) or is not there.
 */
export function copiedFiles(
  sources: readonly string[],
  context: BuildContext,
): readonly string[] | undefined {
  const root = toText(context.root);
  const patterns = sources.map((source) => posix.normalize(source).replace(/^\/+|\/+$/g, ''));
  if (patterns.some((pattern) => pattern.split('/').includes('..'))) return undefined;
  const hasWildcards = sources.some((source) => /[*?[]/.test(source));
  const names = hasWildcards ? patterns.flatMap((pattern) => matching(root, pattern.split('/'))) : patterns;
  const hashes: string[] = [];
  for (const name of names) {
    const hash = kanikoFileHash(join(root, name));
    if (hash === undefined) return undefined;
    if (!context.isIgnored(fromText(`/${name}`) as BytePath)) hashes.push(hash);
  }
  return hashes;
}

/** The names a pattern matches, in the order of Go's filepath.Walk; a part of it never matches a slash. */
function matching(root: string, [first = '', ...rest]: readonly string[], above = ''): string[] {
  const found = namesIn(join(root, above)).filter((name) => goMatch(first, name) === true);
  const paths = found.map((name) => posix.join(above, name));
  return rest.length === 0 ? paths : paths.flatMap((path) => matching(root, rest, path));
}

function namesIn(directory: string): string[] {
  try {
    const names = readdirSync(directory);
    return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  } catch {
    return [];
  }
}
