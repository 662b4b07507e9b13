import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandWord } from '../../src/dockerfile/index.ts';
import { BuildError } from '../../src/errors/index.ts';
import { settings } from './settings.ts';

const VALUES: ReadonlyMap<string, string> = new Map([
  ['A', 'abc.tar.gz'],
  ['B', '/a/b-a/ab'],
  ['E', ''],
  ['S', 'a b  c'],
]);
/** One call of the shell is slow, a word in it is not. */
const WORDS_A_CALL = 200;

const name = fc.constantFrom('A', 'B', 'E', 'S', 'UNSET');
const simple = fc.oneof(
  name.map((variable) => `$${variable}`),
  name.map((variable) => `\${${variable}}`),
);
const pattern = fc
  .array(fc.constantFrom('*', '?', 'a', 'b', '.', '/', '-', '\\*', '$E', '${A}'), {
    minLength: 1,
    maxLength: 3,
  })
  .map((pieces) => pieces.join(''));
const quoted = fc
  .array(fc.oneof(fc.constantFrom('x', ' ', "'", '\\$', '\\"', '\\\\'), simple), {
    minLength: 1,
    maxLength: 3,
  })
  .map((pieces) => `"${pieces.join('')}"`);
const plain = fc.constantFrom('x', 'yz', '/', '\\$', '\\\\', '\\"', "'$A'", "' '", "'\\'", "'\"'");

/** Unquoted words of what a POSIX shell and a Dockerfile both know and mean the same by. */
const { word } = fc.letrec<{ word: string; piece: string; variable: string }>((tie) => ({
  variable: fc.oneof(
    { depthSize: 'small' },
    simple,
    fc.tuple(name, fc.constantFrom('#', '##', '%', '%%'), pattern).map(braced),
    fc.tuple(name, fc.constantFrom(':-', '-', ':+', '+'), tie('word')).map(braced),
  ),
  piece: fc.oneof(fc.constantFrom('x', 'yz', '/', '\\$', '\\\\', '\\"'), tie('variable')),
  word: fc.array(tie('piece'), { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('')),
}));
const whole = fc
  .array(fc.oneof(word, quoted, plain), { minLength: 1, maxLength: 3 })
  // A name right after $NAME would become part of it, in both; the dot keeps the words readable.
  .map((pieces) => `${pieces.join('')}.`);

describe('expansion', () => {
  it('agrees with /bin/sh about what both know', () => {
    const batch = fc.array(whole, { minLength: WORDS_A_CALL, maxLength: WORDS_A_CALL });
    fc.assert(
      fc.property(batch, (words) => {
        const pairs = words.map((text) => [
          text,
          expandWord(text, (variable) => VALUES.get(variable), { escape: '\\' }),
        ]);
        const expected = byShell(words);
        expect(pairs).toEqual(words.map((text, index) => [text, expected[index]]));
      }),
      { ...settings(15), endOnFailure: true },
    );
  });

  it('throws nothing but what is wrong with the word, whatever the word', () => {
    const pieces = fc.constantFrom(
      '$',
      '{',
      '}',
      ':',
      '-',
      '+',
      '?',
      '#',
      '%',
      '/',
      '"',
      "'",
      '\\',
      'A',
      'S',
      '*',
      '<',
    );
    const any = fc.oneof(
      fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(any, fc.constantFrom('\\', '`'), (text, escape) => {
        try {
          expandWord(text, (variable) => VALUES.get(variable), { escape: escape === '`' ? '`' : '\\' });
        } catch (error) {
          expect(error).toBeInstanceOf(BuildError);
          expect((error as BuildError).code).toBe('DOCKERFILE_SEMANTICS');
        }
      }),
      settings(3000),
    );
  });

  it('leaves a word alone that has nothing to replace', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'abcXYZ019_-+=:;,.~@%^*?[]{}()|&! \t') });
    fc.assert(
      fc.property(letters, (text) => {
        expect(expandWord(text, () => 'never', { escape: '\\' })).toBe(text);
      }),
      settings(),
    );
  });
});

function braced([variable, operator, rest]: readonly [string, string, string]): string {
  return `\${${variable}${operator}${rest}}`;
}

function byShell(words: readonly string[]): string[] {
  const script = words.map((text) => `v=${text}; printf '%s\\0' "$v"`).join('\n');
  const output = execFileSync('/bin/sh', ['-f'], {
    input: script,
    env: Object.fromEntries(VALUES),
    encoding: 'utf8',
  });
  return output.split('\0').slice(0, -1);
}
