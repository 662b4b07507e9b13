import { expect, it } from 'vitest';
import { WordList } from '../../../../src/dockerfile/expand/word-list.ts';

it('splits unquoted text at blanks and joins it with quoted text', () => {
  const words = new WordList();
  words.addSplit(' a b');
  words.addWhole(' c ');
  words.addSplit('d\u00a0\n');
  words.addWhole('');
  words.addSplit('e');
  expect(words.finish()).toEqual(['a', 'b c d', 'e']);
});
