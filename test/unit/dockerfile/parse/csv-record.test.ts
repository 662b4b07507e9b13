import { describe, expect, it } from 'vitest';
import { parseCsvRecord } from '../../../../src/dockerfile/parse/csv-record.ts';

describe('parseCsvRecord', () => {
  it.each([
    ['a', ['a']],
    ['a,b=c,d', ['a', 'b=c', 'd']],
    ['a,,b,', ['a', '', 'b', '']],
    ['"a,b",c', ['a,b', 'c']],
    ['"a""b"', ['a"b']],
    ['"",x', ['', 'x']],
    [' a , b', [' a ', ' b']],
  ])('%s', (text, expected) => expect(parseCsvRecord(text)).toEqual(expected));

  it.each(['a"b', '"a"b', '"a', 'a,"', '"""'])('refuses %s', (text) =>
    expect(() => parseCsvRecord(text)).toThrow(`misplaced quote in ${text}`),
  );

  it('refuses no text', () => expect(() => parseCsvRecord('')).toThrow('the value is empty'));
});
