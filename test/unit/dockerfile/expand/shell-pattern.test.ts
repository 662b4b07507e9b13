import { describe, expect, it } from 'vitest';
import {
  parseShellPattern,
  replacePattern,
  trimPrefix,
  trimSuffix,
} from '../../../../src/dockerfile/expand/shell-pattern.ts';

describe('trimPrefix and trimSuffix', () => {
  it.each([
    ['a/b/c', '*/', 'b/c', 'c'],
    ['aab', 'a', 'ab', 'ab'],
    ['aab', 'a*', 'ab', ''],
    ['aab', '?', 'ab', 'ab'],
    ['a*b', 'a\\*', 'b', 'b'],
    ['a?b', '?\\?', 'b', 'b'],
    ['a\\b', 'a\\\\', 'b', 'b'],
    ['🐳b', '?', 'b', 'b'],
    ['abc', '', 'abc', 'abc'],
    ['abc', 'b', 'abc', 'abc'],
    ['[a]b', '[a]', 'b', 'b'],
    ['a\nb', '*', 'a\nb', '\nb'],
  ])('cut from the front of %j: %s', (value, pattern, shortest, longest) => {
    expect(trimPrefix(value, parseShellPattern(pattern), false)).toBe(shortest);
    expect(trimPrefix(value, parseShellPattern(pattern), true)).toBe(longest);
  });

  it.each([
    ['a/b/c', '/*', 'a/b', 'a'],
    ['abb', 'b', 'ab', 'ab'],
    ['abb', 'b*', 'ab', 'a'],
    ['abc', '?c', 'a', 'a'],
  ])('cut from the end of %j: %s', (value, pattern, shortest, longest) => {
    expect(trimSuffix(value, parseShellPattern(pattern), false)).toBe(shortest);
    expect(trimSuffix(value, parseShellPattern(pattern), true)).toBe(longest);
  });
});

describe('replacePattern', () => {
  it.each([
    ['banana', 'an', 'X', 'bXana', 'bXXa'],
    ['banana', 'a*a', 'X', 'bX', 'bX'],
    ['banana', 'z', 'X', 'banana', 'banana'],
    ['abc', '', '-', '-abc', '-a-b-c-'],
    ['abc', '*', '$&', '$&', '$&'],
  ])('%j: %s by %s', (value, pattern, replacement, first, all) => {
    expect(replacePattern(value, parseShellPattern(pattern), replacement, false)).toBe(first);
    expect(replacePattern(value, parseShellPattern(pattern), replacement, true)).toBe(all);
  });
});

describe('parseShellPattern', () => {
  it.each(['a\\', 'a\\.'])('refuses the escape in %s', (pattern) =>
    expect(() => parseShellPattern(pattern)).toThrow(`invalid pattern (${pattern}) in substitution`),
  );

  it('matches many stars without trying every way', () => {
    const pattern = parseShellPattern('*a'.repeat(60) + 'b');
    expect(trimPrefix('a'.repeat(3000), pattern, true)).toBe('a'.repeat(3000));
  });
});
