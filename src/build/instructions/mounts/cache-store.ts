import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { fromText, type BytePath } from '../../../bytes/index.ts';
import { removeTree } from '../../../rootfs/index.ts';
import { CacheLocks } from './cache-locks.ts';

/** A cache that a RUN wants. */
export interface CacheWish {
  /** A digest in hexadecimal: what users write never becomes a path. */
  readonly key: string;
  /** `private`: another directory where the first is in use. `alone`: the same one, after waiting for it. */
  readonly use: 'shared' | 'alone' | 'private';
  /** Makes the cache as it is at first, at a path where nothing is yet. */
  fill(path: BytePath): Promise<void>;
}

/** Directories of cache mounts: one place for all, each under the digest of what it is. */
export class CacheStore {
  readonly #directory: string;
  readonly #locks = new CacheLocks();
  readonly #making = new Map<string, Promise<BytePath>>();

  /** `directory` is made when the first cache is. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Takes all caches of one RUN, in the order of their keys: so no two RUNs wait for each other. Returns the directories by
   * key. Throws CANCELLED after an abort.
   */
  async take(
    wishes: readonly CacheWish[],
    signal: AbortSignal,
  ): Promise<{ readonly directories: ReadonlyMap<string, BytePath>; release(): void }> {
    const names = new Map<string, string>();
    const release = (): void => {
      for (const name of names.values()) this.#locks.release(name);
      names.clear();
    };
    try {
      for (const wish of inOrder(wishes)) names.set(wish.key, await this.#take(wish, signal));
      const directories = new Map<string, BytePath>();
      for (const wish of wishes) directories.set(wish.key, await this.#once(names.get(wish.key) ?? '', wish));
      return { directories, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  async #take({ key, use }: CacheWish, signal: AbortSignal): Promise<string> {
    if (use !== 'private') {
      await this.#locks.take(key, use === 'alone', signal);
      return key;
    }
    for (let spare = 0; ; spare++) {
      const name = spare === 0 ? key : `${key}-${spare}`;
      if (this.#locks.tryTake(name, true)) return name;
    }
  }

  /** Several RUNs may share a cache from its first moment. */
  async #once(name: string, wish: CacheWish): Promise<BytePath> {
    const making = this.#making.get(name) ?? this.#make(name, wish);
    this.#making.set(name, making);
    try {
      return await making;
    } finally {
      this.#making.delete(name);
    }
  }

  async #make(name: string, { fill }: CacheWish): Promise<BytePath> {
    const path = `${this.#directory}/${name}`;
    if (existsSync(path)) return fromText(path);
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const unfinished = `${path}.${randomBytes(6).toString('hex')}`;
    await fill(fromText(unfinished));
    try {
      renameSync(unfinished, path);
    } catch (error) {
      // Another build on this machine was faster.
      removeTree(fromText(unfinished));
      if (!existsSync(path)) throw error;
    }
    return fromText(path);
  }
}

/** Each key once, with the strictest use of it. */
function inOrder(wishes: readonly CacheWish[]): CacheWish[] {
  const strictness = ['private', 'shared', 'alone'] as const;
  const byKey = new Map<string, CacheWish>();
  for (const wish of wishes) {
    const known = byKey.get(wish.key);
    if (known === undefined || strictness.indexOf(wish.use) > strictness.indexOf(known.use))
      byKey.set(wish.key, wish);
  }
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}
