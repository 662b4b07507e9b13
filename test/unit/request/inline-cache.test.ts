import { describe, expect, it } from 'vitest';
import { cacheRequest } from '../../../src/request/cache/cache-request.ts';

/** What is wanted with these values of `cache-from` and `cache-to`. */
function wanted(from: readonly string[], to: readonly string[], pushed: readonly string[] = []) {
  const lists: Readonly<Record<string, readonly string[]>> = { 'cache-from': from, 'cache-to': to };
  const values = { text: () => undefined, list: (name: string) => lists[name] ?? [], flag: () => undefined };
  return cacheRequest(values, { env: {}, cwd: '/', pushed });
}

describe('type=inline', () => {
  it('is written with the image, steps of the image alone', () => {
    expect(wanted([], ['type=inline'])?.targets).toEqual([{ location: { type: 'inline' }, mode: 'min' }]);
  });

  it('is read from the image that is named, or the one that is pushed', () => {
    const reference = 'r.test/app:1';
    expect(wanted([`type=inline,ref=${reference}`], [])?.sources).toEqual([{ type: 'inline', reference }]);
    expect(wanted(['type=inline'], [], [reference])?.sources).toEqual([{ type: 'inline', reference }]);
    expect(() => wanted(['type=inline'], [])).toThrow(/not named/);
    expect(() => wanted(['type=inline,ref=UPPER CASE'], [])).toThrow(/UPPER/);
  });

  it('is also read by type=registry and by a bare reference, after the index of that name', () => {
    const reference = 'r.test/app:1';
    const both = [
      { type: 'registry', repository: 'r.test/app', scope: '1' },
      { type: 'inline', reference },
    ];
    expect(wanted([reference], [])?.sources).toEqual(both);
    expect(wanted([`type=registry,ref=${reference}`], [])?.sources).toEqual(both);
    expect(wanted([], [`type=registry,ref=${reference}`])?.targets).toHaveLength(1);
  });
});
