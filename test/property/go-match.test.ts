import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goMatch } from '../../src/context/index.ts';
import { settings } from './settings.ts';

/** One thing a pattern can ask for, and the text that asks for it. */
type Token =
  | { readonly kind: 'star' }
  | { readonly kind: 'any' }
  | { readonly kind: 'one'; readonly char: string; readonly escaped: boolean }
  | { readonly kind: 'class'; readonly from: string; readonly to: string; readonly negated: boolean };

const letter = fc.constantFrom(...'abc/.-é*?[');
const token: fc.Arbitrary<Token> = fc.oneof(
  fc.constant<Token>({ kind: 'star' }),
  fc.constant<Token>({ kind: 'any' }),
  fc.tuple(letter, fc.boolean()).map(([char, escaped]): Token => ({ kind: 'one', char, escaped })),
  fc
    .tuple(fc.constantFrom(...'abc'), fc.constantFrom(...'abcé'), fc.boolean())
    .map(([from, to, negated]): Token => ({ kind: 'class', from, to, negated })),
);
const tokens = fc.array(token, { maxLength: 8 });
const name = fc.array(letter, { maxLength: 8 });

describe('goMatch', () => {
  it('matches what trying every way of matching matches', () => {
    fc.assert(
      fc.property(tokens, name, (parts, chars) => {
        // Go lets a negated class match a slash, and never takes back where it let a star end: `*[^a]*` and `b/`.
        fc.pre(!chars.includes('/') || parts.every((part) => part.kind !== 'class' || !part.negated));
        expect(goMatch(parts.map(written).join(''), chars.join(''))).toBe(matches(parts, chars));
      }),
      settings(5000),
    );
  });

  it('matches every name that is made from its pattern', () => {
    fc.assert(
      fc.property(tokens, fc.constantFrom('', 'b', 'ca'), (parts, stars) => {
        const made = parts.map((part) => {
          if (part.kind === 'star') return stars;
          if (part.kind === 'any') return 'x';
          if (part.kind === 'one') return part.char;
          return part.negated ? 'z' : part.from;
        });
        // A range that runs backwards has nothing in it.
        fc.pre(parts.every((part) => part.kind !== 'class' || part.negated || part.from <= part.to));
        // `z` lies between `c` and `é`.
        fc.pre(parts.every((part) => part.kind !== 'class' || !part.negated || part.to !== 'é'));
        expect(goMatch(parts.map(written).join(''), made.join(''))).toBe(true);
      }),
      settings(2000),
    );
  });

  it('ends with an answer, whatever the pattern', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab*?[]^-\\/') });
    fc.assert(
      fc.property(text, text, (pattern, subject) => {
        expect([true, false, undefined]).toContain(goMatch(pattern, subject));
      }),
      settings(3000),
    );
    expect(goMatch(`${'a*'.repeat(200)}b`, 'a'.repeat(2000))).toBe(false);
  });
});

function written(part: Token): string {
  switch (part.kind) {
    case 'star':
      return '*';
    case 'any':
      return '?';
    case 'one':
      return part.escaped || '*?[\\'.includes(part.char) ? `\\${part.char}` : part.char;
    case 'class':
      return `[${part.negated ? '^' : ''}${part.from}-${part.to}]`;
  }
}

function matches(parts: readonly Token[], chars: readonly string[]): boolean {
  const [part, ...rest] = parts;
  const [char, ...others] = chars;
  if (part === undefined) return char === undefined;
  if (part.kind === 'star') {
    return matches(rest, chars) || (char !== undefined && char !== '/' && matches(parts, others));
  }
  return char !== undefined && matchesOne(part, char) && matches(rest, others);
}

function matchesOne(part: Exclude<Token, { kind: 'star' }>, char: string): boolean {
  if (part.kind === 'any') return char !== '/';
  if (part.kind === 'one') return char === part.char;
  return (part.from <= char && char <= part.to) !== part.negated;
}
