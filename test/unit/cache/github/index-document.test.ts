import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  boundedIndex,
  decodeIndex,
  encodeIndex,
  mergeIndexes,
  type CacheIndex,
} from '../../../../src/cache/github/index-document.ts';
import { RecordIndex, recordSeal } from '../../../../src/cache/index.ts';
import { stepOf } from '../../../support/github-cache/github-stores.ts';

const SEAL = recordSeal();

function indexOf(name: string, created: number, entry = 'e'): CacheIndex {
  const { record } = stepOf(name, Buffer.from(name), created);
  const records = new RecordIndex();
  records.add(record);
  const { digest, size } = record.layer!.descriptor;
  return { records, blobs: new Map([[digest, { entry, offset: 0, size }]]) };
}

describe('an index', () => {
  it('survives encoding', () => {
    const index = indexOf('a', 1);
    const decoded = decodeIndex(encodeIndex(index, SEAL), SEAL);
    expect(decoded.records.records()).toEqual(index.records.records());
    expect(decoded.blobs).toEqual(index.blobs);
  });

  it.each([
    ['no gzip', Buffer.from('x')],
    ['no JSON', gzipSync('x')],
    ['another document', gzipSync('{"records":1}')],
    [
      'paths in place of digests',
      gzipSync('{"records":"","blobs":[["../x",{"entry":"e","offset":0,"size":1}]]}'),
    ],
    ['nothing', Buffer.alloc(0)],
  ])('is empty for %s', (_, bytes) => {
    expect(decodeIndex(bytes, SEAL).records.records()).toEqual([]);
  });

  it('has no records of writers without the key', () => {
    const decoded = decodeIndex(encodeIndex(indexOf('a', 1), SEAL), recordSeal('key'));
    expect(decoded.records.records()).toEqual([]);
  });

  it('merged has the later record and the first place', () => {
    const merged = mergeIndexes(indexOf('a', 1, 'first'), indexOf('a', 2, 'second'));
    expect(merged.records.records().map(({ created }) => created)).toEqual([2]);
    expect([...merged.blobs.values()].map(({ entry }) => entry)).toEqual(['first']);
  });

  it('bounded has no places of blobs that no record names', () => {
    const [a, b] = [indexOf('a', 1), indexOf('b', 1)];
    expect(boundedIndex({ records: a.records, blobs: new Map([...a.blobs, ...b.blobs]) }).blobs).toEqual(
      a.blobs,
    );
  });
});
