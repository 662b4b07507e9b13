/** Runs work, at most so many pieces at the same time; further ones wait their turn in order. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

/** A limiter for `limit` pieces of work at a time. */
export function createLimiter(limit: number): Limiter {
  let free = limit;
  const waiting: (() => void)[] = [];
  const acquire = async (): Promise<void> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  // A place goes straight to the next in line: a newcomer cannot overtake.
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async (work) => {
    await acquire();
    try {
      return await work();
    } finally {
      release();
    }
  };
}
