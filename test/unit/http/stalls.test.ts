import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { keepingPace, STALLED, watchingTaker } from '../../../src/http/stalls.ts';
import { collect } from '../../support/registry-session.ts';

async function* slow(chunks: number, bytes: number, everyMs: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < chunks; index += 1) {
    await delay(everyMs);
    yield Buffer.alloc(bytes);
  }
}

describe('keepingPace', () => {
  it('ends a body that brings next to nothing', async () => {
    await expect(collect(keepingPace(slow(100, 1, 5), 50))).rejects.toMatchObject({ code: STALLED });
  });

  it('lets a slow body pass that brings enough', async () => {
    expect((await collect(keepingPace(slow(20, 100_000, 5), 50))).length).toBe(2_000_000);
  });

  it('does not count the time the reader takes', async () => {
    let size = 0;
    for await (const chunk of keepingPace(slow(5, 1, 0), 200)) {
      size += chunk.length;
      await delay(60);
    }
    expect(size).toBe(5);
  });
});

describe('watchingTaker', () => {
  it('tells when a chunk is not taken', async () => {
    let told: unknown;
    const stuck = watchingTaker(slow(2, 1, 0), 20, (reason) => (told = reason))[Symbol.asyncIterator]();
    await stuck.next();
    await delay(200);
    expect(told).toMatchObject({ code: STALLED });
    await stuck.return?.(undefined);
  });

  it('says nothing where all is taken', async () => {
    let told: unknown;
    await collect(watchingTaker(slow(5, 1, 0), 60_000, (reason) => (told = reason)));
    expect(told).toBeUndefined();
  });
});
