import { BuildError } from '../../../errors/index.ts';

/** Who uses which cache directory within this build: any number together, or one alone. */
export class CacheLocks {
  readonly #held = new Map<string, { readonly alone: boolean; users: number }>();
  #waiting: (() => void)[] = [];

  /** Takes a name where it is free for such use. */
  tryTake(name: string, alone: boolean): boolean {
    const held = this.#held.get(name);
    if (held !== undefined && (alone || held.alone)) return false;
    if (held === undefined) this.#held.set(name, { alone, users: 1 });
    else held.users++;
    return true;
  }

  /** Takes a name, waiting for it. Throws CANCELLED after an abort. */
  async take(name: string, alone: boolean, signal: AbortSignal): Promise<void> {
    while (!this.tryTake(name, alone)) {
      await this.#change(signal);
      if (signal.aborted) throw new BuildError('CANCELLED', 'RUN was cancelled');
    }
  }

  release(name: string): void {
    const held = this.#held.get(name);
    if (held === undefined) return;
    held.users--;
    if (held.users === 0) this.#held.delete(name);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      signal.addEventListener('abort', wake, { once: true });
      this.#waiting.push(wake);
    });
  }
}
