import type { UnreadableRecord } from './contents.ts';
import type { CacheKey } from './key.ts';
import type { CacheRecord, StepRecord } from './record.ts';
import type { RecordSeal } from './seal.ts';
import { opened, SealedLines, type SealedLine } from './sealed-lines.ts';

/**
 * Records of one scope, as stores keep them together: a text with a sealed record a line. Lines are opened when somebody asks
 * for what is in them.
 */
export class RecordIndex {
  readonly #sealed = new SealedLines();
  readonly #records = new Map<CacheKey, CacheRecord>();
  readonly #steps = new Map<string, StepRecord>();
  readonly #unreadable: UnreadableRecord[] = [];

  /** The index a text holds; lines that are no records of this seal are left out. */
  static parse(text: string, seal: RecordSeal): RecordIndex {
    const index = new RecordIndex();
    for (const line of text.split('\n')) if (line !== '') index.#sealed.add({ line, seal });
    return index;
  }

  /** Takes in all that another index has. */
  addAll(other: RecordIndex): void {
    for (const record of other.#records.values()) this.add(record);
    for (const sealed of other.#sealed.all()) this.#sealed.add(sealed);
    this.#unreadable.push(...other.#unreadable);
  }

  /** Takes a record in; of two with one key the later stays. Tells whether it is in the index now and was not before. */
  add(record: CacheRecord): boolean {
    this.#open(this.#sealed.take(record.key));
    return this.#add(record);
  }

  /** Takes a record out, for instance one whose blobs are gone. */
  remove(key: CacheKey): void {
    this.#open(this.#sealed.take(key));
    this.#records.delete(key);
  }

  get(key: CacheKey): CacheRecord | undefined {
    this.#open(this.#sealed.take(key));
    return this.#records.get(key);
  }

  pick(keys: readonly CacheKey[]): ReadonlyMap<CacheKey, CacheRecord> {
    return new Map(
      keys.flatMap((key) => {
        const record = this.get(key);
        return record === undefined ? [] : [[key, record] as const];
      }),
    );
  }

  /** The latest step of this name that was ever added. */
  latest(step: string): StepRecord | undefined {
    this.#open(this.#sealed.takeAll());
    return this.#steps.get(step);
  }

  records(): readonly CacheRecord[] {
    this.#open(this.#sealed.takeAll());
    return [...this.#records.values()];
  }

  /** What the text held beside its records. */
  get unreadable(): readonly UnreadableRecord[] {
    this.#open(this.#sealed.takeAll());
    return this.#unreadable;
  }

  /** The same for the same records, in whatever order they came. */
  format(seal: RecordSeal): string {
    const records = this.records().toSorted((a, b) => (a.key < b.key ? -1 : 1));
    return records.map((record) => `${seal.seal(record)}\n`).join('');
  }

  /** Lines that are no records of their seal are left out. */
  #open(lines: readonly SealedLine[]): void {
    for (const sealed of lines) {
      const record = opened(sealed);
      if (typeof record === 'object') this.#add(record);
      else this.#unreadable.push({ name: undefined, reason: record });
    }
  }

  #add(record: CacheRecord): boolean {
    const known = this.#records.get(record.key);
    if (known !== undefined && known.created >= record.created) return false;
    this.#records.set(record.key, record);
    if (record.kind === 'step') this.#addStep(record);
    return true;
  }

  #addStep(record: StepRecord): void {
    const known = this.#steps.get(record.step);
    if (known === undefined || known.created <= record.created) this.#steps.set(record.step, record);
  }
}
