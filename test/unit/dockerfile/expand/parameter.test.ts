import { describe, expect, it } from 'vitest';
import { applyModifier, isModifier, substitutePattern } from '../../../../src/dockerfile/expand/parameter.ts';

describe('applyModifier', () => {
  it.each([
    ['-', undefined, false, 'w'],
    ['-', '', false, ''],
    ['-', '', true, 'w'],
    ['-', 'v', true, 'v'],
    ['+', undefined, false, ''],
    ['+', '', false, 'w'],
    ['+', '', true, ''],
    ['+', 'v', true, 'w'],
    ['?', '', false, ''],
    ['?', 'v', true, 'v'],
    ['#', undefined, false, ''],
    ['%', 'vw', false, 'v'],
  ] as const)('%s of %j with colon %j', (modifier, value, colon, expected) => {
    expect(applyModifier('N', value, modifier, colon, 'w')).toBe(expected);
  });

  it('refuses with the message, or with a standing one', () => {
    expect(() => applyModifier('N', undefined, '?', false, 'say it')).toThrow('N: say it');
    expect(() => applyModifier('N', undefined, '?', true, '')).toThrow('N: is not allowed to be unset');
    expect(() => applyModifier('N', '', '?', true, '')).toThrow('N: is not allowed to be empty');
  });

  it('doubles # and % for the longest match', () => {
    expect(applyModifier('N', 'a/b/c', '#', false, '#*/')).toBe('c');
    expect(applyModifier('N', 'a/b/c', '%', false, '%/*')).toBe('a');
  });
});

describe('the other operators', () => {
  it('knows its modifiers', () => {
    expect([...'+-?#%'].every(isModifier)).toBe(true);
    expect([...':/=@^,'].some(isModifier)).toBe(false);
  });

  it('replaces once or everywhere', () => {
    expect(substitutePattern('a-b-c', '-', '', false)).toBe('ab-c');
    expect(substitutePattern('a-b-c', '-', '', true)).toBe('abc');
  });
});
