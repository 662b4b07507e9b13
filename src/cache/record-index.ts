import type { UnreadableRecord } from './contents.ts';
import type { CacheKey } from './key.ts';
import type { CacheRecord, StepRecord } from './record.ts';
import type { RecordSeal } from './seal.ts';

/** Records of one scope, as stores keep them together: a text with a sealed record a line. */
export class RecordIndex {
  readonly #records = new Map<CacheKey, CacheRecord>();
  readonly #steps = new Map<string, StepRecord>();
  #unreadable: readonly UnreadableRecord[] = [];

  /** The index a text holds; lines that are no records of this seal are left out. */
  static parse(text: string, seal: RecordSeal): RecordIndex {
    const index = new RecordIndex();
    for (const line of text.split('\n')) {
      const record = line === '' ? undefined : seal.open(line);
      if (record !== undefined) index.add(record);
      else if (line !== '') index.#leaveOut(line, seal);
    }
    return index;
  }

  /** Takes a record in; of two with one key the later stays. Tells whether it is in the index now and was not before. */
  add(record: CacheRecord): boolean {
    const known = this.#records.get(record.key);
    if (known !== undefined && known.created >= record.created) return false;
    this.#records.set(record.key, record);
    if (record.kind === 'step') this.#addStep(record);
    return true;
  }

  /** Takes a record out, for instance one whose blobs are gone. */
  remove(key: CacheKey): void {
    this.#records.delete(key);
  }

  get(key: CacheKey): CacheRecord | undefined {
    return this.#records.get(key);
  }

  pick(keys: readonly CacheKey[]): ReadonlyMap<CacheKey, CacheRecord> {
    return new Map(
      keys.flatMap((key) => {
        const record = this.#records.get(key);
        return record === undefined ? [] : [[key, record] as const];
      }),
    );
  }

  /** The latest step of this name that was ever added. */
  latest(step: string): StepRecord | undefined {
    return this.#steps.get(step);
  }

  records(): readonly CacheRecord[] {
    return [...this.#records.values()];
  }

  /** What the text held beside its records. */
  get unreadable(): readonly UnreadableRecord[] {
    return this.#unreadable;
  }

  /** The same for the same records, in whatever order they came. */
  format(seal: RecordSeal): string {
    const records = this.records().toSorted((a, b) => (a.key < b.key ? -1 : 1));
    return records.map((record) => `${seal.seal(record)}\n`).join('');
  }

  #leaveOut(line: string, seal: RecordSeal): void {
    const reason = seal.isForeign(line) ? 'foreign' : 'damaged';
    this.#unreadable = [...this.#unreadable, { name: undefined, reason }];
  }

  #addStep(record: StepRecord): void {
    const known = this.#steps.get(record.step);
    if (known === undefined || known.created <= record.created) this.#steps.set(record.step, record);
  }
}
