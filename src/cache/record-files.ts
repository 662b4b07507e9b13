import { createHash, randomUUID } from 'node:crypto';
import { existsSync, lstatSync, lutimesSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { namesIn } from './names-in.ts';
import { CacheKey } from './key.ts';
import { leadsElsewhere, readOwnFile, requireOwn } from './own-files.ts';
import type { CacheRecord, StepRecord } from './record.ts';
import type { RecordSeal } from './seal.ts';

/** Where records lie below a cache's directory. */
export const RECORDS = 'ts-kaniko';

/** A record of the largest kind has a document of 4 MiB in it, escaped. */
const LARGEST_FILE = 16 * 1024 * 1024;

/** A file among the records. */
export interface RecordFile {
  readonly name: string;
  /** Undefined for what is no file. */
  readonly text: string | undefined;
  /** Undefined where it is not the record of its name for this seal. */
  readonly record: CacheRecord | undefined;
  /** In milliseconds since the epoch. */
  readonly used: number;
}

/**
 * A file for each record, `ts-kaniko/records/<key>`, and one for each name of a step with the key of its latest record. Others may have
 * written there: folders that lead elsewhere are left alone.
 */
export class RecordFiles {
  readonly #parent: string;
  readonly #directory: string;
  readonly #seal: RecordSeal;

  constructor(directory: string, seal: RecordSeal) {
    this.#parent = directory;
    this.#directory = join(directory, RECORDS);
    this.#seal = seal;
  }

  pick(keys: readonly CacheKey[]): ReadonlyMap<CacheKey, CacheRecord> {
    if (this.#leadsElsewhere('records')) return new Map();
    return new Map(
      keys.flatMap((key) => {
        const record = this.#get(key);
        return record === undefined ? [] : [[key, record] as const];
      }),
    );
  }

  latest(step: string): StepRecord | undefined {
    if (this.#leadsElsewhere('records') || this.#leadsElsewhere('steps')) return undefined;
    const key = CacheKey.safeParse(read(this.#stepPath(step))).data;
    const record = key === undefined ? undefined : this.#get(key);
    return record?.kind === 'step' ? record : undefined;
  }

  /** Throws what writing throws; a later record under its key stays. */
  put(record: CacheRecord): void {
    for (const folder of ['records', 'steps']) requireOwn(this.#parent, `${RECORDS}/${folder}`);
    const known = this.#get(record.key);
    if (known === undefined || known.created < record.created)
      replace(this.#recordPath(record.key), this.#seal.seal(record));
    if (record.kind === 'step') replace(this.#stepPath(record.step), record.key);
  }

  /** Every file that lies where records do, as it is; nothing counts as used by that. */
  *all(): Generator<RecordFile> {
    const folder = join(this.#directory, 'records');
    if (this.#leadsElsewhere('records')) return;
    for (const name of namesIn(folder)) {
      const path = join(folder, name);
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat === undefined || isUnfinished(name)) continue;
      const text = stat.isFile() ? read(path) : undefined;
      const record = text === undefined ? undefined : this.#seal.open(text);
      yield { name, text, record: record?.key === name ? record : undefined, used: stat.mtimeMs };
    }
  }

  /** Removes a file of `all`. Throws what removing throws. */
  remove(name: string): void {
    if (basename(name) !== name || this.#leadsElsewhere('records')) return;
    rmSync(join(this.#directory, 'records', name), { recursive: true, force: true });
  }

  /** Removes names of steps whose latest record is gone. */
  forgetSteps(): void {
    const folder = join(this.#directory, 'steps');
    if (this.#leadsElsewhere('steps')) return;
    for (const name of namesIn(folder)) {
      const key = CacheKey.safeParse(read(join(folder, name))).data;
      const isThere = key !== undefined && existsSync(this.#recordPath(key));
      if (!isThere && !isUnfinished(name)) rmSync(join(folder, name), { recursive: true, force: true });
    }
  }

  /** Marks a file as used now. */
  use(path: string): void {
    try {
      const now = new Date();
      lutimesSync(path, now, now);
    } catch {
      // It is gone, or not ours: then its age is as it is.
    }
  }

  #leadsElsewhere(folder: 'records' | 'steps'): boolean {
    return leadsElsewhere(this.#parent, `${RECORDS}/${folder}`);
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

/** A file that is being written, or that a process died upon. */
function isUnfinished(name: string): boolean {
  return name.endsWith('.tmp');
}

function read(path: string): string | undefined {
  return readOwnFile(path, LARGEST_FILE);
}

/** Whoever reads sees the old file or the new one. */
function replace(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  writeFileSync(temporary, text, { flag: 'wx', flush: true });
  renameSync(temporary, path);
}
