import { lstatSync, utimesSync } from 'node:fs';

interface Times {
  /** Milliseconds since the epoch, of the last change before anything was placed, and after. */
  readonly original: number;
  placed: number;
}

/** When directories were changed, so that putting something into them for a while leaves no trace. */
export class ParentTimes {
  readonly #times = new Map<string, Times>();

  /** Puts something into a directory. */
  around(directory: string, work: () => void): void {
    const original = this.#times.get(directory)?.original ?? modified(directory);
    work();
    this.#times.set(directory, { original, placed: modified(directory) });
  }

  /** Takes everything out again. What was changed meanwhile keeps the time of that. */
  restore(work: () => void): void {
    const due = [...this.#times].flatMap(([directory, { original, placed }]) => {
      const now = modifiedIfThere(directory);
      return now === undefined ? [] : [[directory, now === placed ? original : now] as const];
    });
    this.#times.clear();
    work();
    for (const [directory, time] of due)
      if (modifiedIfThere(directory) !== undefined) setTime(directory, time);
  }
}

function modified(directory: string): number {
  return modifiedIfThere(directory) ?? 0;
}

/** Undefined where there is no directory, or a link in its place. */
function modifiedIfThere(directory: string): number | undefined {
  const stat = lstatSync(directory, { throwIfNoEntry: false });
  return stat?.isDirectory() === true ? stat.mtimeMs : undefined;
}

/** Whole seconds exactly; of others the millisecond, at its middle, as Node's seconds are too coarse to hit an edge. */
function setTime(directory: string, milliseconds: number): void {
  const isWhole = milliseconds % 1000 === 0;
  const seconds = (Math.floor(milliseconds) + (isWhole ? 0 : 0.5)) / 1000;
  utimesSync(directory, seconds, seconds);
}
