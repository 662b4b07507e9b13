import { describe, expect, it } from 'vitest';
import {
  baseName,
  comparePaths,
  components,
  fromBytes,
  fromText,
  joinPath,
  parentPath,
  toBytes,
  toFs,
  toText,
} from '../../../src/bytes/index.ts';

const p = fromText;

describe('paths as bytes', () => {
  it('hold one char a byte, and come back whole', () => {
    expect(p('é')).toBe('\xc3\xa9');
    expect(toText(p('a/é😀'))).toBe('a/é😀');
    expect(p('plain')).toBe('plain');
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect(toBytes(fromBytes(all))).toEqual(Buffer.from(all));
  });

  it('read a part of a larger buffer only', () => {
    expect(fromBytes(Buffer.from('xxabyy').subarray(2, 4))).toBe('ab');
  });

  it('survive when they are not UTF-8; people see a replacement', () => {
    const broken = fromBytes(Uint8Array.of(0x61, 0xff));
    expect(toText(broken)).toBe('a\ufffd');
    expect(toFs(broken)).toEqual(Buffer.from([0x61, 0xff]));
    expect(toFs(p('a'))).toBe('a');
  });

  it.each([
    ['', 'b', 'b'],
    ['a', '', 'a'],
    ['a', 'b', 'a/b'],
    ['a/', 'b', 'a/b'],
    ['a', '/b', 'a/b'],
    ['a/', '/b', 'a/b'],
    ['/', 'b', '/b'],
  ])('join %j and %j as %j', (a, b, joined) => {
    expect(joinPath(p(a), p(b))).toBe(joined);
  });

  it.each([
    ['/a/b', '/a', 'b'],
    ['/a', '/', 'a'],
    ['a', '', 'a'],
    ['a/b', 'a', 'b'],
  ])('split %j into %j and %j', (path, parent, base) => {
    expect(parentPath(p(path))).toBe(parent);
    expect(baseName(p(path))).toBe(base);
  });

  it('have components without empty ones and dots; .. stays', () => {
    expect(components(p('/a//./b/../c/'))).toEqual(['a', 'b', '..', 'c']);
    expect(components(p('/'))).toEqual([]);
  });

  it('sort bytewise', () => {
    const sorted = ['b', 'a/b', 'a-b', 'a', '\uff5e', '😀'].map(p).sort(comparePaths).map(toText);
    expect(sorted).toEqual(['a', 'a-b', 'a/b', 'b', '\uff5e', '😀']);
    expect(comparePaths(p('a'), p('a'))).toBe(0);
  });
});
