/** One entry: never changed once it is there. */
export interface CacheEntry {
  readonly id: number;
  readonly scope: string;
  readonly key: string;
  readonly version: string;
  /** Of its blob in the storage. */
  readonly path: string;
  readonly created: number;
  /** Undefined while it is being uploaded: then it cannot be found, but its key is taken. */
  size: number | undefined;
}

/** The entries of a repository, by scope. */
export class CacheEntries {
  readonly list: CacheEntry[] = [];
  readonly #now: () => number;
  #ids = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A fresh entry; undefined where the key is taken in this scope. */
  reserve(scope: string, key: string, version: string): CacheEntry | undefined {
    const taken = (entry: CacheEntry): boolean =>
      entry.scope === scope && entry.key === key && entry.version === version;
    if (this.list.some(taken)) return undefined;
    const id = (this.#ids += 1);
    const entry = { id, scope, key, version, path: `/cache/${id}`, created: this.#now(), size: undefined };
    this.list.push(entry);
    return entry;
  }

  /** The entry of a key that is being uploaded. */
  unfinished(scope: string, key: string, version: string): CacheEntry | undefined {
    return this.list.find(
      (entry) =>
        entry.scope === scope && entry.key === key && entry.version === version && entry.size === undefined,
    );
  }

  /**
   * GitHub's order: in each scope the very key, then the newest entry that begins with the key or, one after the other,
   * with a restore key.
   */
  find(scopes: readonly string[], keys: readonly string[], version: string): CacheEntry | undefined {
    for (const scope of scopes) {
      const here = this.list.filter(
        (entry) => entry.scope === scope && entry.version === version && entry.size !== undefined,
      );
      const exact = here.find(({ key }) => key === keys[0]);
      if (exact !== undefined) return exact;
      for (const prefix of keys) {
        const [newest] = here
          .filter(({ key }) => key.startsWith(prefix))
          .sort((a, b) => b.created - a.created || b.id - a.id);
        if (newest !== undefined) return newest;
      }
    }
    return undefined;
  }

  /** Removes entries, as GitHub does with those that nobody used for long. Returns them. */
  evict(which: (entry: CacheEntry) => boolean): CacheEntry[] {
    const gone = this.list.filter(which);
    this.list.splice(0, this.list.length, ...this.list.filter((entry) => !gone.includes(entry)));
    return gone;
  }
}
