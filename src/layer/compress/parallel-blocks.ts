/** Enough to keep the four threads of libuv's pool busy; each block in flight is held in memory. */
export const BLOCKS_IN_FLIGHT = 4;

/**
 * What `work` makes of each block, in the order of the blocks, whatever was done first; at most `limit` are worked on at a
 * time. Nothing is worked on any more once this ends, however it ends.
 */
export async function* parallelBlocks(
  blocks: AsyncIterable<Uint8Array>,
  work: (block: Uint8Array) => Promise<Uint8Array>,
  limit = BLOCKS_IN_FLIGHT,
): AsyncGenerator<Uint8Array> {
  const inFlight: Promise<Uint8Array>[] = [];
  try {
    for await (const block of blocks) {
      inFlight.push(work(block));
      if (inFlight.length >= limit) yield await takeFirst(inFlight);
    }
    while (inFlight.length > 0) yield await takeFirst(inFlight);
  } finally {
    await Promise.allSettled(inFlight);
  }
}

async function takeFirst(inFlight: Promise<Uint8Array>[]): Promise<Uint8Array> {
  const first = inFlight.shift();
  return first === undefined ? new Uint8Array() : await first;
}
