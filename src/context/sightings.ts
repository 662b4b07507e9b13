import { createHash } from 'node:crypto';
import { lstatSync, type Stats } from 'node:fs';
import { comparePaths, toFs, type BytePath } from '../bytes/index.ts';

/** How far apart two changes of a file may lie and still have one time: a tick of the kernel, and more than that. */
const TICK_MS = 25;
/** The same where a file system counts whole seconds, or two. */
const COARSE_TICK_MS = 2000;

/**
 * What of a directory was looked at and how it was then, so that it can be told later whether it is still the same. A file
 * counts as unchanged as long as its inode, its size and the time of its last change of any kind are the same: that time
 * cannot be set. Of a directory only what is in it counts.
 */
export class Sightings {
  readonly #stamps = new Map<BytePath, string>();
  readonly #notes = new Map<string, string>();
  #newest = 0;
  #isCoarse = true;

  /** Takes down what lies at a path of this machine. */
  file(path: BytePath, stat: Stats): void {
    this.#stamps.set(path, stampOf(stat));
    if (stat.isDirectory()) return;
    this.#newest = Math.max(this.#newest, stat.ctimeMs);
    this.#isCoarse &&= stat.ctimeMs % 1000 === 0;
  }

  /** Takes down something else that must be the same: a download by its digest. */
  note(name: string, value: string): void {
    this.#notes.set(name, value);
  }

  /** How a file was when it was looked at; empty for others. */
  stampOf(path: BytePath): string {
    return this.#stamps.get(path) ?? '';
  }

  /**
   * Waits, at most two seconds and mostly not at all, until a change from now on cannot have the time of one that was seen:
   * what is read after that is what the stamps stand for.
   */
  settle(): void {
    const tick = this.#isCoarse ? COARSE_TICK_MS : TICK_MS;
    const age = Date.now() - this.#newest;
    if (age >= tick) return;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.min(tick - age, tick));
  }

  /** Equal for equal sightings; undefined where nothing was seen. */
  digest(): string | undefined {
    if (this.#stamps.size === 0 && this.#notes.size === 0) return undefined;
    const stamps = [...this.#stamps].sort(([a], [b]) => comparePaths(a, b));
    const notes = [...this.#notes].sort(([a], [b]) => (a < b ? -1 : 1));
    // JSON frames its strings: no two lists give one text.
    return createHash('sha256')
      .update(JSON.stringify([stamps, notes]))
      .digest('hex');
  }

  /** Whether everything lies there as it was seen. */
  stillThere(): boolean {
    return [...this.#stamps].every(([path, stamp]) => {
      const stat = lstatSync(toFs(path), { throwIfNoEntry: false });
      return stat !== undefined && stampOf(stat) === stamp;
    });
  }
}

function stampOf(stat: Stats): string {
  // A directory's own time changes with what is ignored in it, too.
  if (stat.isDirectory()) return `d${stat.mode}`;
  return [stat.mode, stat.size, stat.ino, stat.ctimeMs].join(' ');
}
