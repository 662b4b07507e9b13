import { createHash } from 'node:crypto';
import { streamOf } from '../../content/index.ts';
import type { Waiting } from '../../http/index.ts';
import type { RecordSeal } from '../seal.ts';
import type { Entries, Written } from './entries.ts';
import { decodeIndex, emptyIndex, encodeIndex, MAX_INDEX_BYTES, type CacheIndex } from './index-document.ts';

/** How long another job may take to write the index it has reserved; it is dead after that. */
const WAIT_FOR_OTHERS_MS = 15_000;
/** Many jobs may end at once; each attempt is a later version. */
const MAX_ATTEMPTS = 20;

/**
 * The versions of an index, as entries with numbered keys. Entries never change: who writes version n + 1 has seen version n,
 * and of two who want to write the same version one is refused and starts over. So no record is lost.
 */
export class IndexHistory {
  readonly #entries: Entries;
  readonly #seal: RecordSeal;
  readonly #waiting: Waiting;
  readonly #prefix: string;

  /** `scope` is the user's name for this cache, `ref` the part of the repository's cache it lies in. */
  constructor(entries: Entries, seal: RecordSeal, waiting: Waiting, scope: string, ref: string) {
    this.#entries = entries;
    this.#seal = seal;
    this.#waiting = waiting;
    this.#prefix = indexPrefix(scope, ref);
  }

  /** The latest version; empty where there is none. */
  async read(signal?: AbortSignal): Promise<CacheIndex> {
    return (await this.#latest(signal)).index;
  }

  /** Writes a version made out of the latest one. Tells why not, where it is refused. */
  async update(change: (index: CacheIndex) => CacheIndex, signal?: AbortSignal): Promise<Written> {
    let skipped = 0;
    let written: Written = { kind: 'exists' };
    for (let attempt = 1; attempt <= MAX_ATTEMPTS && written.kind === 'exists'; attempt++) {
      const { version, index } = await this.#latest(signal);
      const next = Math.max(version, skipped) + 1;
      const bytes = encodeIndex(change(index), this.#seal);
      written = await this.#entries.write(
        `${this.#prefix}${next}`,
        bytes.length,
        () => streamOf(bytes),
        signal,
      );
      if (written.kind === 'exists' && !(await this.#appeared(next, signal))) skipped = next;
    }
    return written;
  }

  async #latest(signal?: AbortSignal): Promise<{ readonly version: number; readonly index: CacheIndex }> {
    const found = await this.#entries.newest(this.#prefix, MAX_INDEX_BYTES, signal);
    if (found === undefined || !/^\d{1,12}$/.test(found.rest)) return { version: 0, index: emptyIndex() };
    return { version: Number(found.rest), index: decodeIndex(found.bytes, this.#seal) };
  }

  /** Waits until the version another job has reserved is there. False where it never comes. */
  async #appeared(version: number, signal?: AbortSignal): Promise<boolean> {
    const end = this.#waiting.now() + WAIT_FOR_OTHERS_MS;
    for (let pause = 50; this.#waiting.now() < end; pause = Math.min(2_000, pause * 2)) {
      if ((await this.#latest(signal)).version >= version) return true;
      await this.#waiting.sleep(pause * (0.5 + this.#waiting.random()), signal);
    }
    return false;
  }
}

/** What keys of an index begin with: nothing of the user's that the service would not take, and never of another length. */
function indexPrefix(scope: string, ref: string): string {
  const name = /^[A-Za-z0-9._/-]{1,100}$/.test(scope) ? scope : `-${short(scope)}`;
  return `tsk-index-1-${name}-${short(ref)}#`;
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
