import { randomBytes } from 'node:crypto';
import { BuildError } from '../../errors/index.ts';
import type { CacheRecord } from '../record.ts';
import { RecordIndex } from '../record-index.ts';
import type { RecordSeal } from '../seal.ts';
import type { CacheWriter } from './cache-repository.ts';
import { readIndex, writeJournal } from './registry-index.ts';

/** Saves end, well or not, long before their journals are this old: clocks of builders may differ by most of it. */
const OVER_MS = 2 * 60 * 60 * 1000;

/** Where records of a scope are kept. */
export interface ScopePlace {
  readonly repository: CacheWriter;
  /** Of the index. */
  readonly tag: string;
  readonly seal: RecordSeal;
}

/**
 * Journals of a scope: what one save wants to add to the index, each under a tag of its own that nobody else ever writes
 * to. They are found by the repository's list of tags.
 */
export class Journals {
  readonly #repository: CacheWriter;
  readonly #prefix: string;
  readonly #seal: RecordSeal;

  constructor({ repository, tag, seal }: ScopePlace) {
    this.#repository = repository;
    this.#prefix = `${tag}.w-`;
    this.#seal = seal;
  }

  /** Writes a journal; its tag tells when. */
  async write(records: readonly CacheRecord[], signal: AbortSignal): Promise<string> {
    const time = Date.now().toString(36).padStart(9, '0');
    const name = `${this.#prefix}${time}-${randomBytes(8).toString('hex')}`;
    await this.#put(name, records, signal);
    return name;
  }

  /**
   * Whether this registry is one for journals, found out with the first: it is listed, its digest is told, and it can be
   * removed, after which it is written again.
   */
  async areUsable(name: string, records: readonly CacheRecord[], signal: AbortSignal): Promise<boolean> {
    if (!(await this.names(signal)).includes(name)) return false;
    if (!(await this.remove(name, signal))) return false;
    if ((await this.names(signal)).includes(name)) return false;
    await this.#put(name, records, signal);
    return true;
  }

  /** The tags of all journals there are; none where the registry does not tell. */
  async names(signal: AbortSignal): Promise<readonly string[]> {
    const tags = await this.#repository.tags(this.#prefix, signal);
    return (tags ?? []).filter(
      (tag) =>
        tag.startsWith(this.#prefix) && /^[a-z0-9]{9}-[a-f0-9]{16}$/.test(tag.slice(this.#prefix.length)),
    );
  }

  /** The records of a journal; undefined where it is gone. None of what is no journal. */
  async read(name: string, signal: AbortSignal): Promise<readonly CacheRecord[] | undefined> {
    try {
      const { records, digest } = await readIndex(this.#repository, name, this.#seal, signal);
      return digest === undefined ? undefined : records.records();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BuildError && ['REGISTRY', 'CONTENT'].includes(error.code)) return [];
      throw error;
    }
  }

  /** Whether the save that wrote a journal is over for certain. */
  isOver(name: string): boolean {
    const time = parseInt(name.slice(this.#prefix.length, this.#prefix.length + 9), 36);
    return Date.now() - time > OVER_MS;
  }

  /** Tells whether the registry does that. Others may have removed some before. */
  async removeAll(names: readonly string[], signal: AbortSignal): Promise<boolean> {
    const before = await Promise.all(names.map((name) => this.remove(name, signal)));
    if (before.every((removed) => removed)) return true;
    const left = await this.names(signal);
    return names.every((name) => !left.includes(name));
  }

  /** False where the registry refuses, or has no such journal. */
  async remove(name: string, signal: AbortSignal): Promise<boolean> {
    const digest = await this.#repository.digestUnder(name, signal);
    return digest !== undefined && (await this.#repository.removeManifest(digest, signal));
  }

  async #put(name: string, records: readonly CacheRecord[], signal: AbortSignal): Promise<void> {
    const index = new RecordIndex();
    for (const record of records) index.add(record);
    await writeJournal(index, this.#repository, name, this.#seal, signal);
  }
}
