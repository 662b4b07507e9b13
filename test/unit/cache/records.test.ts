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

  it('opens no more lines than are asked for', () => {
    const seal = recordSeal();
    const index = new RecordIndex();
    for (let number = 0; number < 100; number++) index.add(step(`step ${number}`));
    let opened = 0;
    const counting = { ...seal, open: (text: string) => (opened++, seal.open(text)) };
    const read = RecordIndex.parse(index.format(seal), counting);
    const wanted = [step('step 7').key, step('step 70').key, step('unknown').key];
    expect([...read.pick(wanted).values()]).toEqual([step('step 7'), step('step 70')]);
    expect([...read.pick(wanted).keys()]).toHaveLength(2);
    expect(opened).toBe(2);
    expect(read.records()).toHaveLength(100);
    expect(opened).toBe(100);
  });

  it('takes the later of two lines with one key, and none that only says it has a key', () => {
    const seal = recordSeal();
    const lines = [step('a', 1), step('a', 3), step('a', 2)].map((record) => seal.seal(record));
    expect(RecordIndex.parse(lines.join('\n'), seal).get(step('a').key)).toEqual(step('a', 3));
    const other = { ...step('b'), key: step('a').key };
    expect(RecordIndex.parse(seal.seal(other), seal).get(step('a').key)).toBeUndefined();
    expect(RecordIndex.parse('nothing of the kind', seal).unreadable).toHaveLength(1);
  });

  it('takes in another, whose lines nobody opened', () => {
    const seal = recordSeal();
    const [early, late] = [new RecordIndex(), new RecordIndex()];
    early.add(step('a', 1));
    late.add(step('a', 2));
    late.add(step('b', 1));
    const both = RecordIndex.parse(late.format(seal), seal);
    both.addAll(RecordIndex.parse(early.format(seal), seal));
    expect(both.get(step('a').key)).toEqual(step('a', 2));
    expect(both.records()).toHaveLength(2);
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
