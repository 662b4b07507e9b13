import { describe, expect, it } from 'vitest';
import { keyOf, keyPart, nearestStep, type StepRecord } from '../../../src/cache/index.ts';

function step(name: string, values: Readonly<Record<string, string>>, created = 1): StepRecord {
  const parts = Object.entries(values).map(([part, value]) => keyPart(part, value));
  return { kind: 'step', key: keyOf(parts), parts, created, step: name, time: 1, cost: 1 };
}
const missed = (name: string, values: Readonly<Record<string, string>>) => {
  return { name, parts: step(name, values).parts };
};

describe('the nearest earlier step', () => {
  it('is the one that differs in the fewest parts, wherever it stood', () => {
    const moved = step('stage-0 1 RUN', { parent: 'x', command: 'make', 'variable A': '1' });
    const sameName = step('stage-0 2 RUN', { parent: 'y', command: 'other', 'variable A': '2' });
    const now = missed('stage-0 2 RUN', { command: 'make', 'variable A': '1' });
    expect(nearestStep(now, [sameName, moved])).toBe(moved);
  });

  it('is of equals the one of the same name, and then the latest', () => {
    const values = { command: 'make' };
    const [old, late] = [step('a 2 RUN', values, 1), step('a 2 RUN', values, 2)];
    const elsewhere = step('a 1 RUN', values, 3);
    expect(nearestStep(missed('a 2 RUN', { command: 'test' }), [elsewhere, old, late])).toBe(late);
  });

  it('is never one of another instruction', () => {
    expect(nearestStep(missed('a 1 COPY', {}), [step('a 1 RUN', {})])).toBeUndefined();
  });
});
