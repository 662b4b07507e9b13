import { describe, expect, it } from 'vitest';
import { didYouMean, suggest, suggestIgnoringCase } from '../../../src/dockerfile/suggest.ts';

const WORDS = ['chown', 'chmod', 'from', 'link'];

describe('suggest', () => {
  it.each([
    ['chwon', 'chown'],
    ['chmd', 'chmod'],
    ['form', 'from'],
    ['links', 'link'],
    ['chxxx', undefined],
    ['chown', undefined],
    ['', undefined],
  ])('%s → %s', (word, expected) => expect(suggest(word, WORDS)).toBe(expected));

  it('takes the alphabetically first of two that are as near', () =>
    expect(suggest('aa', ['ac', 'ab'])).toBe('ab'));

  it('does not compare what is far too long', () =>
    expect(suggest('x'.repeat(10_000_000), WORDS)).toBeUndefined());

  it('keeps the case of a word that is all upper case', () => {
    expect(suggestIgnoringCase('FORM', WORDS)).toBe('FROM');
    expect(suggestIgnoringCase('Form', WORDS)).toBe('from');
    expect(suggestIgnoringCase('FROM', WORDS)).toBeUndefined();
  });

  it('is put into words', () => {
    expect(didYouMean('from')).toBe(' (did you mean from?)');
    expect(didYouMean(undefined)).toBe('');
  });
});
