import { BuildError } from '../errors/index.ts';

/**
 * Build arguments from `KEY=value` and `KEY` forms: a bare key takes the variable of that name where it is set and is
 * left out otherwise; the last of two equal keys wins. Throws USAGE for an empty key.
 */
export function parseBuildArgs(
  entries: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return collect(entries, 'build argument', (key) => env[key]);
}

/** Labels from `key=value` and `key` (empty value) forms; the last of two equal keys wins. Throws USAGE for an empty key. */
export function parseLabels(entries: readonly string[]): Record<string, string> {
  return collect(entries, 'label', () => '');
}

function collect(
  entries: readonly string[],
  what: string,
  bare: (key: string) => string | undefined,
): Record<string, string> {
  const pairs = new Map<string, string>();
  for (const entry of entries) {
    const equals = entry.indexOf('=');
    const key = equals < 0 ? entry : entry.slice(0, equals);
    if (key.trim() === '') {
      throw new BuildError('USAGE', `invalid ${what} ${JSON.stringify(entry)}: no key`, {
        hint: 'write it as KEY=value',
      });
    }
    const value = equals < 0 ? bare(key) : entry.slice(equals + 1);
    if (value !== undefined) pairs.set(key, value);
  }
  return Object.fromEntries(pairs);
}
