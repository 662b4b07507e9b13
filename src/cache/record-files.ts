import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CacheKey } from './key.ts';
import type { CacheRecord, StepRecord } from './record.ts';
import type { RecordSeal } from './seal.ts';

/** Where records lie below a cache's directory. */
export const RECORDS = 'ts-kaniko';

/** A file for each record, `ts-kaniko/records/<key>`, and one for each name of a step with the key of its latest record. */
export class RecordFiles {
  readonly #directory: string;
  readonly #seal: RecordSeal;

  constructor(directory: string, seal: RecordSeal) {
    this.#directory = join(directory, RECORDS);
    this.#seal = seal;
  }

  pick(keys: readonly CacheKey[]): ReadonlyMap<CacheKey, CacheRecord> {
    return new Map(
      keys.flatMap((key) => {
        const record = this.#get(key);
        return record === undefined ? [] : [[key, record] as const];
      }),
    );
  }

  latest(step: string): StepRecord | undefined {
    const key = CacheKey.safeParse(read(this.#stepPath(step))).data;
    const record = key === undefined ? undefined : this.#get(key);
    return record?.kind === 'step' ? record : undefined;
  }

  /** Throws what writing throws; a later record under its key stays. */
  put(record: CacheRecord): void {
    const known = this.#get(record.key);
    if (known === undefined || known.created < record.created)
      replace(this.#recordPath(record.key), this.#seal.seal(record));
    if (record.kind === 'step') replace(this.#stepPath(record.step), record.key);
  }

  /** Marks a file as used now. */
  use(path: string): void {
    try {
      const now = new Date();
      utimesSync(path, now, now);
    } catch {
      // It is gone, or not ours: then its age is as it is.
    }
  }

  #get(key: CacheKey): CacheRecord | undefined {
    const path = this.#recordPath(key);
    const text = read(path);
    const record = text === undefined ? undefined : this.#seal.open(text);
    if (record?.key !== key) return undefined;
    this.use(path);
    return record;
  }

  #recordPath(key: CacheKey): string {
    return join(this.#directory, 'records', key);
  }

  #stepPath(step: string): string {
    return join(this.#directory, 'steps', createHash('sha256').update(step).digest('hex'));
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw error;
  }
}

/** Whoever reads sees the old file or the new one. */
function replace(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  writeFileSync(temporary, text, { flag: 'wx', flush: true });
  renameSync(temporary, path);
}
