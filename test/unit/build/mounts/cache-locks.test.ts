import { describe, expect, it } from 'vitest';
import { CacheLocks } from '../../../../src/build/instructions/mounts/cache-locks.ts';
import { failure } from '../../../support/planning.ts';

const { signal } = new AbortController();

describe('locks of caches', () => {
  it('let many in together, or one alone', () => {
    const locks = new CacheLocks();
    expect([locks.tryTake('c', false), locks.tryTake('c', false), locks.tryTake('c', true)]).toEqual([
      true,
      true,
      false,
    ]);
    locks.release('c');
    expect(locks.tryTake('c', true)).toBe(false);
    locks.release('c');
    expect([locks.tryTake('c', true), locks.tryTake('c', false), locks.tryTake('d', true)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('let the next in once the last one left', async () => {
    const locks = new CacheLocks();
    const order: string[] = [];
    await locks.take('c', true, signal);
    const next = locks.take('c', true, signal).then(() => order.push('next'));
    order.push('leaving');
    locks.release('c');
    await next;
    expect(order).toEqual(['leaving', 'next']);
  });

  it('let nobody wait on after an abort', async () => {
    const locks = new CacheLocks();
    const abort = new AbortController();
    locks.tryTake('c', true);
    const waiting = failure(locks.take('c', false, abort.signal));
    abort.abort();
    expect((await waiting).code).toBe('CANCELLED');
  });
});
