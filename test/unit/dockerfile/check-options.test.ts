import { describe, expect, it } from 'vitest';
import { parseCheckOptions } from '../../../src/dockerfile/check-options.ts';

describe('parseCheckOptions', () => {
  it.each([
    ['skip=all', { skip: 'all', error: false }],
    ['skip=A, B ;error=true', { skip: new Set(['A', 'B']), error: true }],
    ['error=1', { skip: new Set(), error: true }],
    ['experimental=all;error=F', { skip: new Set(), error: false }],
  ])('reads %s', (value, expected) => expect(parseCheckOptions(value)).toEqual(expected));

  it.each(['skip', 'skp=A', 'skip=A;', ''])('refuses %j', (value) =>
    expect(() => parseCheckOptions(value)).toThrow(/invalid check option/),
  );

  it('refuses an error that is no boolean', () =>
    expect(() => parseCheckOptions('error=maybe')).toThrow('failed to parse check option "error=maybe"'));
});
