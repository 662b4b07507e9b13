import type { CacheKey } from './key.ts';
import type { CacheRecord } from './record.ts';
import type { RecordSeal } from './seal.ts';

/** As records are written; quotation marks within texts are escaped there. */
const KEY = /"key":"([a-f0-9]{64})"/;

/** A line of an index that nobody has opened yet. */
export interface SealedLine {
  readonly line: string;
  readonly seal: RecordSeal;
}

/**
 * Lines of an index by the key they say they have. Opening one takes longer than all else a look-up does, and a build needs
 * few of thousands. What a line says of its key is believed only once it is opened.
 */
export class SealedLines {
  readonly #byKey = new Map<CacheKey, SealedLine[]>();
  /** Those that say nothing. */
  readonly #others: SealedLine[] = [];

  add(sealed: SealedLine): void {
    const key = KEY.exec(sealed.line)?.[1] as CacheKey | undefined;
    if (key === undefined) return void this.#others.push(sealed);
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, [sealed]);
    else known.push(sealed);
  }

  /** Takes out the lines of a key. */
  take(key: CacheKey): readonly SealedLine[] {
    const taken = this.#byKey.get(key) ?? [];
    this.#byKey.delete(key);
    return taken;
  }

  /** Takes out all lines. */
  takeAll(): readonly SealedLine[] {
    const taken = this.all();
    this.#byKey.clear();
    this.#others.length = 0;
    return taken;
  }

  all(): readonly SealedLine[] {
    return [...[...this.#byKey.values()].flat(), ...this.#others];
  }
}

/** The record in a line, or why there is none. */
export function opened({ line, seal }: SealedLine): CacheRecord | 'foreign' | 'damaged' {
  return seal.open(line) ?? (seal.isForeign(line) ? 'foreign' : 'damaged');
}
