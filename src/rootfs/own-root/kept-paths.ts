import type { BytePath } from '../../bytes/index.ts';

/** Which paths of the machine's own root stay where they are, whatever tree is put there. Paths are relative to it. */
export class KeptPaths {
  readonly #kept: ReadonlySet<string>;
  readonly #above: ReadonlySet<string>;

  /** Absolute paths; a path below another one needs no mention. */
  constructor(paths: Iterable<BytePath>) {
    const relative = [...paths].map((path) => path.replace(/^\/+|\/+$/g, '')).filter((path) => path !== '');
    this.#kept = new Set(relative);
    this.#above = new Set(relative.flatMap(parentsOf));
  }

  /** A mount point or a directory of the builder: neither it nor what is in it is ever touched. */
  isKept(path: BytePath): boolean {
    return this.#kept.has(path);
  }

  /** A directory that has to stay because something below it is kept. */
  leadsToKept(path: BytePath): boolean {
    return this.#above.has(path);
  }

  /** Whether a path is kept or below what is kept. */
  covers(path: BytePath): boolean {
    return this.#kept.has(path) || this.isBelowKept(path);
  }

  /** Whether a path is in a directory that is kept. */
  isBelowKept(path: BytePath): boolean {
    return parentsOf(path).some((parent) => this.#kept.has(parent));
  }
}

function parentsOf(path: string): string[] {
  const parents: string[] = [];
  for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1)) {
    parents.push(path.slice(0, cut));
  }
  return parents;
}
