import { describe, expect, it } from 'vitest';
import { ALL_IDS, idMapLines, isMapped, parseIdMap } from '../../../src/isolation/id-map.ts';

describe('id maps', () => {
  it('reads what the kernel prints and writes it back', () => {
    const map = parseIdMap('         0       4801          1\n         1     100000      65536\n');
    expect(map).toEqual([
      { inside: 0, outside: 4801, count: 1 },
      { inside: 1, outside: 100000, count: 65536 },
    ]);
    expect(idMapLines(map)).toBe('0 4801 1\n1 100000 65536\n');
  });

  it.each([
    [0, true],
    [65536, true],
    [65537, false],
  ])('finds id %i mapped: %s', (id, mapped) => {
    const map = [
      { inside: 0, outside: 4801, count: 1 },
      { inside: 1, outside: 100000, count: 65536 },
    ];
    expect(isMapped(map, id)).toBe(mapped);
  });

  it('takes every id to exist on the machine itself, and none in an empty map', () => {
    expect(isMapped(parseIdMap(`0 0 ${ALL_IDS}\n`), ALL_IDS - 1)).toBe(true);
    expect(isMapped(parseIdMap(''), 0)).toBe(false);
  });
});
