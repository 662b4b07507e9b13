import { setTimeout as delay } from 'node:timers/promises';
import { toBuildError } from '../errors/index.ts';

/** Time and chance, as retries need them; tests bring their own. */
export interface Waiting {
  /** Resolves after so many milliseconds; throws CANCELLED when aborted. */
  sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void>;
  /** In [0, 1). */
  random(): number;
  /** Milliseconds since the epoch. */
  now(): number;
}

export const realWaiting: Waiting = {
  async sleep(milliseconds, signal) {
    try {
      await delay(milliseconds, undefined, { signal });
    } catch (error) {
      throw toBuildError(error);
    }
  },
  random: Math.random,
  now: Date.now,
};
