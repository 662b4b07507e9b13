import { describe, expect, it } from 'vitest';
import { createLimiter } from '../../../src/content/index.ts';

describe('createLimiter', () => {
  it('runs so many at a time, in order, and goes on after a failure', async () => {
    const limited = createLimiter(2);
    const started: number[] = [];
    const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
    const work = gates.map((gate, index) =>
      limited(async () => {
        started.push(index);
        await gate.promise;
        return index;
      }),
    );
    await new Promise(setImmediate);
    expect(started).toEqual([0, 1]);
    gates[1]?.reject(new Error('one'));
    await expect(work[1]).rejects.toThrow('one');
    await new Promise(setImmediate);
    expect(started).toEqual([0, 1, 2]);
    for (const gate of gates) gate.resolve();
    expect(await Promise.all([work[0], work[2], work[3]])).toEqual([0, 2, 3]);
  });
});
