import { describe, expect, it } from 'vitest';
import {
  cutAtBlank,
  cutAtSpace,
  isSpace,
  quote,
  splitOnBlanks,
  trim,
  trimLeft,
} from '../../../src/dockerfile/characters.ts';

describe('white space', () => {
  it.each([' ', '\t', '\n', '\v', '\f', '\r', '\u0085', '\u00a0', '\u2003', '\u2028', '\u3000'])(
    'takes %j for a blank',
    (character) => expect(isSpace(character)).toBe(true),
  );

  it.each(['a', '\u200b', '\ufeff', '\u180e', ''])('does not take %j for one', (character) =>
    expect(isSpace(character)).toBe(false),
  );

  it('is trimmed at both ends only', () => {
    expect(trimLeft('\u00a0\t a b \n')).toBe('a b \n');
    expect(trim(' \u3000a b\u00a0\r\n')).toBe('a b');
    expect(trim(' \t ')).toBe('');
  });

  it('is trimmed in linear time', () => {
    const text = `a${' '.repeat(2_000_000)}b`;
    expect(trim(text)).toBe(text);
  });
});

describe('splitting', () => {
  it('cuts at tabs, blanks, vertical tabs and form feeds, not at other white space', () => {
    expect(splitOnBlanks('a \t b\vc\u00a0d')).toEqual(['a', 'b', 'c\u00a0d']);
    expect(splitOnBlanks('')).toEqual([]);
  });

  it('cuts once', () => {
    expect(cutAtBlank('a  b c')).toEqual(['a', 'b c']);
    expect(cutAtBlank('a')).toEqual(['a', undefined]);
    expect(cutAtSpace('a\u00a0 b c ')).toEqual(['a', 'b c']);
    expect(cutAtSpace('a')).toEqual(['a', '']);
  });

  it('quotes as JSON does', () => expect(quote('a"\n')).toBe('"a\\"\\n"'));
});
