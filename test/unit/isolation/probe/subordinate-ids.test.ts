import { describe, expect, it } from 'vitest';
import { subordinateMap } from '../../../../src/isolation/probe/subordinate-ids.ts';

const ann = { uid: 1001, name: 'ann' };

describe('subordinateMap', () => {
  it('maps root to the user and everything else to the lent range', () => {
    expect(subordinateMap('bob:5:6\nann:100000:65536\n', ann, 1001)).toEqual([
      { inside: 0, outside: 1001, count: 1 },
      { inside: 1, outside: 100000, count: 65536 },
    ]);
  });

  it('finds ranges by number too and puts several behind each other', () => {
    expect(subordinateMap('1001:100:10\nann:200:5\n', ann, 44)).toEqual([
      { inside: 0, outside: 44, count: 1 },
      { inside: 1, outside: 100, count: 10 },
      { inside: 11, outside: 200, count: 5 },
    ]);
  });

  it.each(['', 'anna:1:2\n', 'ann:x:2\n', 'ann:1\n', 'ann:1:0\n', '10010:1:2\n'])(
    'finds none in %j',
    (text) => {
      expect(subordinateMap(text, ann, 1001)).toBeUndefined();
    },
  );

  it('does not take an empty line for a user without a name', () => {
    expect(subordinateMap('\n:1:2\n', { uid: 7, name: undefined }, 7)).toBeUndefined();
    expect(subordinateMap('\n:1:2\n', { uid: 7, name: '' }, 7)).toBeUndefined();
  });
});
