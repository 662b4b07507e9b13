import { describe, expect, it } from 'vitest';
import { addNameFromUrl, parseChecksum } from '../../../src/copy/index.ts';

describe('addNameFromUrl', () => {
  it.each([
    ['https://example.com/a/file.tar.gz', 'file.tar.gz'],
    ['https://example.com/a/file?name=other#x/y', 'file'],
    ['https://example.com/a/b/', 'b'],
    ['https://example.com/a%20b', 'a b'],
    ['https://example.com/a%2Fb', 'b'],
    ['https://example.com/%E2%82%AC', '€'],
    ['https://example.com', '__unnamed__'],
    ['https://example.com/', '__unnamed__'],
    ['https://example.com?a/b', '__unnamed__'],
    ['https://example.com/%zz', '__unnamed__'],
  ])('of %s is %s', (url, name) => {
    expect(addNameFromUrl(url)).toBe(name);
  });

  it.each(['https://example.com/a/..', 'https://example.com/a/%2e%2e', 'https://example.com/a%00b'])(
    'refuses %s',
    (url) => {
      expect(() => addNameFromUrl(url)).toThrow(/does not end in the name of a file/);
    },
  );
});

describe('parseChecksum', () => {
  it.each([
    ['sha256', 64],
    ['sha384', 96],
    ['sha512', 128],
  ])('takes %s with %i digits and no others', (algorithm, digits) => {
    const hex = 'a1'.repeat(digits / 2);
    expect(parseChecksum(`${algorithm}:${hex}`)).toEqual({ algorithm, hex });
    for (const bad of [`${hex}0`, hex.slice(1), hex.toUpperCase(), `${hex.slice(1)}g`])
      expect(() => parseChecksum(`${algorithm}:${bad}`)).toThrow(/invalid checksum/);
  });

  it.each(['', 'sha256', 'md5:d41d8cd98f00b204e9800998ecf8427e', 'toString:00', ':00'])(
    'refuses %j',
    (text) => {
      expect(() => parseChecksum(text)).toThrow(/invalid checksum/);
    },
  );
});
