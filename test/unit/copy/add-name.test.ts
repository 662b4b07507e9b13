import { describe, expect, it } from 'vitest';
import { addNameFromUrl } from '../../../src/copy/index.ts';

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
