import { describe, expect, it } from 'vitest';
import { planPrune } from '../../../../src/builder/cache/tend/plan-prune.ts';
import { keyOf, keyPart, type CacheContents, type StoredRecord } from '../../../../src/cache/index.ts';
import { digestOf, mediaTypes } from '../../../../src/oci/index.ts';

const NOW = 1_000_000_000;
const HOUR = 3_600_000;

/** A step of a layer of so many bytes, used so many hours ago. */
function step(name: string, size: number, hours: number, layer = name): StoredRecord {
  const parts = [keyPart('name', name)];
  const digest = digestOf(layer);
  const descriptor = { mediaType: mediaTypes.OCI_LAYER_GZIP, digest, size };
  const created = NOW - 100 * HOUR;
  const record = { kind: 'step', key: keyOf(parts), parts, created, step: name, time: 0, cost: 1 } as const;
  return { record: { ...record, layer: { descriptor, diffId: digest } }, used: NOW - hours * HOUR };
}

const contents = (records: readonly StoredRecord[], loose: CacheContents['loose'] = []): CacheContents => {
  return { records, unreadable: [], loose, faults: [] };
};
const names = (records: readonly StoredRecord[]) =>
  records.map(({ record }) => (record.kind === 'step' ? record.step : ''));

describe('what is pruned', () => {
  const [one, two, three] = [step('one', 10, 1), step('two', 20, 5), step('three', 40, 9)];

  it('by age: what was not used for so long', () => {
    const plan = planPrune(contents([one, two, three]), { unusedMs: 5 * HOUR }, NOW);
    expect(names(plan.records)).toEqual(['two', 'three']);
    expect(plan).toMatchObject({ bytes: 60, kept: 10, blobs: [digestOf('two'), digestOf('three')] });
  });

  it('by the time it was made where nobody notes its use', () => {
    const unknown = { record: one.record };
    expect(planPrune(contents([unknown]), { unusedMs: 99 * HOUR }, NOW).records).toEqual([unknown]);
    expect(planPrune(contents([unknown]), { unusedMs: 101 * HOUR }, NOW).records).toEqual([]);
  });

  it('by cache-ttl: what was made so long ago, however often it is used', () => {
    expect(planPrune(contents([one]), { maxAgeMs: 99 * HOUR }, NOW).records).toEqual([one]);
    expect(planPrune(contents([one]), { maxAgeMs: 100 * HOUR }, NOW).records).toEqual([]);
  });

  it('by size: what was used longest ago, whatever the order of the records', () => {
    const plan = planPrune(contents([three, one, two]), { maxBytes: 30 }, NOW);
    expect(names(plan.records)).toEqual(['three']);
    expect(plan.kept).toBe(30);
  });

  it('leaves a blob that another record names, and counts it once', () => {
    const again = step('again', 40, 1, 'three');
    const plan = planPrune(contents([again, three]), { unusedMs: 5 * HOUR, maxBytes: 40 }, NOW);
    expect([names(plan.records), plan.blobs, plan.kept]).toEqual([['three'], [], 40]);
    expect(planPrune(contents([again, three]), { maxBytes: 40 }, NOW).records).toEqual([]);
  });

  it('takes blobs nobody names once no build can be saving them any more', () => {
    const loose = (name: string, hours: number) => {
      return { digest: digestOf(name), size: 5, used: NOW - hours * HOUR };
    };
    const plan = planPrune(contents([], [loose('new', 1), loose('old', 25)]), { maxBytes: 1 }, NOW);
    expect([plan.blobs, plan.bytes]).toEqual([[digestOf('old')], 5]);
  });
});
