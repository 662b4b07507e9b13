import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { expandWord } from '../../../../src/dockerfile/expand/expand-word.ts';

const VALUES = { A: 'abc.tar.gz', B: '/a/b-a/ab', E: '', S: 'a b  c' };
const COUNT = 1500;

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Words of what a POSIX shell and a Dockerfile both know and mean the same by. */
function wordMaker(random: () => number) {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const some = (make: () => string): string =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, make).join('');
  const name = (): string => pick([...Object.keys(VALUES), 'U']);
  const pattern = (): string => some(() => pick(['*', '?', 'a', 'b', '.', '/', '-', '\\*', '$E', '${A}']));
  const variable = (depth: number): string => {
    const inner = (): string => (depth === 0 ? pick(['w', '']) : some(() => unquoted(depth - 1)));
    return pick([
      () => `$${name()}`,
      () => `\${${name()}}`,
      () => `\${${name()}${pick([':-', '-', ':+', '+'])}${inner()}}`,
      () => `\${${name()}${pick(['#', '##', '%', '%%'])}${pattern()}}`,
    ])();
  };
  const unquoted = (depth: number): string =>
    pick([
      () => pick(['x', 'yz', '/', '\\$', '\\\\', '\\"']),
      () => variable(depth),
      () => variable(depth),
    ])();
  const quoted = (): string =>
    `"${some(() => pick([() => pick(['x', ' ', "'", '\\$', '\\"', '\\\\']), () => `$${name()}`, () => `\${${name()}}`])())}"`;
  return (): string =>
    some(() => pick([() => unquoted(2), quoted, () => pick(["'$A'", "' '", "'\\'", "'\"'"])])());
}

describe('expandWord', () => {
  it('agrees with /bin/sh about what both know', () => {
    const make = wordMaker(randomFrom(20));
    // A name right after $NAME would become part of it, in both; the dot keeps the words readable.
    const words = Array.from({ length: COUNT }, () => `${make()}.`);
    const script = words.map((word) => `v=${word}; printf '%s\\0' "$v"`).join('\n');
    const output = execFileSync('/bin/sh', ['-f'], { input: script, env: VALUES, encoding: 'utf8' });
    const expected = output.split('\0').slice(0, -1);
    const lookup = (name: string): string | undefined =>
      Object.hasOwn(VALUES, name) ? VALUES[name as keyof typeof VALUES] : undefined;
    const actual = words.map((word) => expandWord(word, lookup, { escape: '\\' }));
    expect(expected).toHaveLength(COUNT);
    const pairs = words.map((word, index) => [word, expected[index]]);
    expect(words.map((word, index) => [word, actual[index]])).toEqual(pairs);
  });
});
