import { BuildError } from '../errors/index.ts';

/**
 * kaniko's registry map: entries `original=replacement`, several joined by `;`. Returns for each original its
 * replacements in order. Throws USAGE for an entry without both sides.
 */
export function parseRegistryMap(entries: readonly string[]): Record<string, string[]> {
  const map = new Map<string, string[]>();
  for (const pair of entries.flatMap((entry) => entry.split(';'))) {
    const text = pair.trim();
    if (text === '') continue;
    const equals = text.indexOf('=');
    const original = text.slice(0, Math.max(equals, 0)).trim();
    const replacement = text.slice(equals + 1).trim();
    if (original === '' || replacement === '') {
      throw new BuildError('USAGE', `invalid registry map entry ${JSON.stringify(text)}`, {
        hint: 'write it as original=replacement, for instance docker.io=mirror.example.com',
      });
    }
    map.set(original, [...(map.get(original) ?? []), replacement]);
  }
  return Object.fromEntries(map);
}
