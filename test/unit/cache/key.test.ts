import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, keyPart, type PartValue } from '../../../src/cache/index.ts';

describe('keys', () => {
  const values: readonly (readonly PartValue[])[] = [
    [],
    [''],
    [undefined],
    [false],
    [true],
    [0],
    [1],
    ['1'],
    ['a', 'b'],
    ['ab'],
    ['a', '', 'b'],
    [['a', 'b']],
    [['a'], 'b'],
    [new Uint8Array([97])],
    ['a'],
    ['a-b'],
    ['s1:a'],
    ['true'],
    ['undefined'],
  ];

  it('no two lists of values have one digest', () => {
    const digests = values.map((list) => keyPart('x', ...list)[1]);
    expect(new Set(digests).size).toBe(values.length);
  });

  it('what is joined in other keys stays apart: names, values, order and number', () => {
    const keys = [
      keyOf([keyPart('a', 'b'), keyPart('c', 'd')]),
      keyOf([keyPart('a', 'b-c-d')]),
      keyOf([keyPart('c', 'd'), keyPart('a', 'b')]),
      keyOf([keyPart('ab', ''), keyPart('c', 'd')]),
      keyOf([keyPart('a', 'b')]),
      keyOf([]),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('any two different lists of texts differ, and equal ones do not', () => {
    const texts = fc.array(fc.string({ maxLength: 3 }), { maxLength: 4 });
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(keyPart('x', ...a)[1] === keyPart('x', ...b)[1]).toBe(same);
        expect(keyOf(a.map((text) => keyPart(text))) === keyOf(b.map((text) => keyPart(text)))).toBe(same);
      }),
      { numRuns: 2000 },
    );
  });
});
