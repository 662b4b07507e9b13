import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expandWord, type Escape } from '../../src/dockerfile/index.ts';
import { BuildError } from '../../src/errors/index.ts';
import { casesIn, expectedOf } from './golden-case.ts';

/**
 * A case's `words`: an optional line `escape=` and the character, lines NAME=value, an empty line, then one word a line.
 * The result has every word with what it becomes; errors begin with `error:`.
 */
describe('expansion', () => {
  it.each(casesIn('expand'))('%s', (name) => {
    const { escape, values, words } = tableOf(name);
    const lookup = (variable: string): string | undefined => values.get(variable);
    const actual = words.map((word) => [word, outcome(() => expandWord(word, lookup, { escape }))]);
    const lines = actual.map((pair) => `  ${JSON.stringify(pair)}`).join(',\n');
    expect(actual).toEqual(JSON.parse(expectedOf('expand', name, 'result.json', `[\n${lines}\n]\n`)));
  });
});

function tableOf(name: string): {
  readonly escape: Escape;
  readonly values: ReadonlyMap<string, string>;
  readonly words: readonly string[];
} {
  const text = readFileSync(join(import.meta.dirname, 'expand', name, 'words'), 'utf8');
  const lines = text.split('\n').slice(0, -1);
  const gap = lines.indexOf('');
  const values = new Map(
    lines.slice(0, gap).map((line): [string, string] => {
      const equals = line.indexOf('=');
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
  const escape = values.get('escape') === '`' ? '`' : '\\';
  values.delete('escape');
  return { escape, values, words: lines.slice(gap + 1) };
}

function outcome(work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (error instanceof BuildError) return `error: ${error.message}`;
    throw error;
  }
}
