import { describe, expect, it } from 'vitest';
import { SeekableContent } from '../../../src/registry/transfer/seekable-content.ts';
import { collect, streamOf } from '../../support/registry-session.ts';

const BYTES = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));

function opened(): { readonly content: SeekableContent; readonly count: () => number } {
  let count = 0;
  const open = () => {
    count += 1;
    return streamOf(BYTES, 64)();
  };
  return { content: new SeekableContent(open), count: () => count };
}

describe('SeekableContent', () => {
  it('reads ranges in order from one stream', async () => {
    const { content, count } = opened();
    const parts = [];
    for (const [start, end] of [
      [0, 1],
      [1, 64],
      [64, 300],
      [500, 700],
      [700, 1000],
    ] as const)
      parts.push((await collect(content.read(start, end))).equals(BYTES.subarray(start, end)));
    expect(parts).toEqual([true, true, true, true, true]);
    expect(count()).toBe(1);
  });

  it('starts anew for a step back', async () => {
    const { content, count } = opened();
    await collect(content.read(0, 500));
    expect((await collect(content.read(100, 600))).equals(BYTES.subarray(100, 600))).toBe(true);
    expect(count()).toBe(2);
  });

  it('reads nothing for an empty range, and says where content ends too early', async () => {
    const { content, count } = opened();
    expect((await collect(content.read(0, 0))).length).toBe(0);
    expect(count()).toBe(0);
    await expect(collect(content.read(900, 1001))).rejects.toThrow('the content ends after 1000 bytes');
  });

  it('lets go of its stream', async () => {
    let released = false;
    const content = new SeekableContent(async function* () {
      try {
        for (;;) yield BYTES;
      } finally {
        released = true;
      }
    });
    await collect(content.read(0, 10));
    await content.close();
    expect(released).toBe(true);
  });
});
