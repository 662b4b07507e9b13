import { describe, expect, it } from 'vitest';
import { keyOf, keyPart, RecordIndex, recordSeal, type StepRecord } from '../../../src/cache/index.ts';

function step(name: string, created = 1): StepRecord {
  const parts = [keyPart('instruction', name)];
  return { kind: 'step', key: keyOf(parts), parts, created, step: `stage/${name}`, time: created, cost: 3 };
}

describe('sealed records', () => {
  const seal = recordSeal();
  const text = seal.seal(step('RUN make'));

  it('come back as they were', () => {
    expect(seal.open(text)).toEqual(step('RUN make'));
  });

  it('are none once any byte of them is another', () => {
    for (let at = 0; at < text.length; at++) {
      for (const flip of [1, 32]) {
        const changed = Buffer.from(text);
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect(seal.open(changed.toString('latin1')), `byte ${at}`).toBeUndefined();
      }
      expect(seal.open(text.slice(0, at)), `cut at ${at}`).toBeUndefined();
    }
  });

  it('are none under a key that is not that of their parts', () => {
    const swapped = { ...step('RUN make'), key: step('RUN other').key };
    expect(seal.open(seal.seal(swapped))).toBeUndefined();
  });

  it('of others than the holders of the signing key are none, and the other way round', () => {
    const signed = recordSeal('secret');
    expect(signed.open(text)).toBeUndefined();
    expect(recordSeal('other').open(signed.seal(step('a')))).toBeUndefined();
    expect(seal.open(signed.seal(step('a')))).toBeUndefined();
    expect(signed.open(signed.seal(step('a')))).toEqual(step('a'));
  });
});

describe('an index of records', () => {
  it('keeps the later of two with one key, whatever their order', () => {
    const [early, late] = [step('a', 1), step('a', 2)];
    for (const order of [
      [early, late],
      [late, early],
    ]) {
      const index = new RecordIndex();
      for (const record of order) index.add(record);
      expect(index.records()).toEqual([late]);
    }
  });

  it('is the same text for the same records, and comes back from it without what is damaged', () => {
    const seal = recordSeal();
    const [one, two] = [new RecordIndex(), new RecordIndex()];
    for (const name of ['a', 'b', 'c']) one.add(step(name));
    for (const name of ['c', 'a', 'b']) two.add(step(name));
    expect(two.format(seal)).toBe(one.format(seal));
    const lines = one.format(seal).split('\n');
    lines[1] = lines[1]?.replace('RUN', 'run').replace(/created":1/, 'created":2') ?? '';
    expect(RecordIndex.parse(lines.join('\n'), seal).records()).toHaveLength(2);
  });

  it('knows the latest step of a name', () => {
    const index = new RecordIndex();
    const later = { ...step('b', 5), step: 'stage/a' };
    index.add(later);
    index.add(step('a', 1));
    expect(index.latest('stage/a')).toEqual(later);
    expect(index.latest('stage/b')).toBeUndefined();
  });
});
