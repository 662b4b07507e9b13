import { describe, expect, it } from 'vitest';
import { splitWords } from '../../../src/dockerfile/words.ts';

describe('splitWords', () => {
  it.each([
    ['', []],
    ['  ', []],
    ['a  b\tc', ['a', 'b', 'c']],
    ['a="b c" d', ['a="b c"', 'd']],
    ["a='b \\' c", ["a='b \\'", 'c']],
    ['a="b\\" c" d', ['a="b\\" c"', 'd']],
    ['a\\ b c', ['a\\ b', 'c']],
    ['a \\', ['a']],
    ['a\\', ['a']],
    ['"" b', ['""', 'b']],
    ['"open b', ['"open b']],
    ['ü=🐳 x', ['ü=🐳', 'x']],
  ])('%j', (text, expected) => expect(splitWords(text, '\\')).toEqual(expected));

  it('uses the escape it is given', () =>
    expect(splitWords('a` b c\\ d', '`')).toEqual(['a` b', 'c\\', 'd']));
});
