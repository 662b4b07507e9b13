import { BuildError } from '../../errors/index.ts';
import { MAX_LOST_MS } from './limits.ts';

/**
 * Keeps a service that is out of order from slowing a build down: failed calls may take so much time in all; after that,
 * or once the service said so itself, nothing more is asked of it.
 */
export class ServiceHealth {
  readonly #now: () => number;
  #lostMs = 0;
  #verdict: string | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Why nothing more is asked of the service; undefined while it is in order. */
  get verdict(): string | undefined {
    return this.#verdict;
  }

  /** Asks nothing more of the service from now on. */
  giveUp(reason: string): void {
    this.#verdict ??= reason;
  }

  /** Does work with the service. Throws NETWORK at once where it was given up. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#verdict !== undefined) throw new BuildError('NETWORK', this.#verdict);
    const began = this.#now();
    try {
      return await work();
    } catch (error) {
      this.#lostMs += this.#now() - began;
      if (this.#lostMs >= MAX_LOST_MS)
        this.giveUp(`the cache service is not used any more: it cost ${Math.round(this.#lostMs / 1000)} s`);
      throw error;
    }
  }
}
