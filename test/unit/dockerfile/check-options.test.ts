import { describe, expect, it } from 'vitest';
import { parseCheckOptions } from '../../../src/dockerfile/check-options.ts';

describe('parseCheckOptions', () => {
  it.each([
    ['', { skip: new Set(), experimental: new Set(), error: false }],
    ['skip=all', { skip: 'all', experimental: new Set(), error: false }],
    ['skip=A, B ;error=true', { skip: new Set(['A', 'B']), experimental: new Set(), error: true }],
    ['error=1', { skip: new Set(), experimental: new Set(), error: true }],
    ['experimental=all;error=F', { skip: new Set(), experimental: 'all', error: false }],
    ['experimental=A,B', { skip: new Set(), experimental: new Set(['A', 'B']), error: false }],
  ])('reads %s', (value, expected) => expect(parseCheckOptions(value)).toEqual(expected));

  it.each(['skip', 'skp=A', 'skip=A;'])('refuses %j', (value) =>
    expect(() => parseCheckOptions(value)).toThrow(/invalid check option/),
  );

  it('refuses an error that is no boolean', () =>
    expect(() => parseCheckOptions('error=maybe')).toThrow('failed to parse check option "error=maybe"'));
});
