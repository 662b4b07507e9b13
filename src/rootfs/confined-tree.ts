import { chmodSync, lstatSync, mkdirSync, readlinkSync, type BigIntStats } from 'node:fs';
import { components, joinPath, toFs, toText, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import { forget, knowDirectory, type KnownDirectory } from './known-directory.ts';
import { lstatBig } from './lstat-big.ts';
import { removeTree } from './remove-tree.ts';

/** As many as the kernel follows (path_resolution(7)). */
const MAX_LINKS = 40;
const OWNER_ACCESS = 0o700;

/** A name in a directory that is known to be real: the kernel follows no link on the way to it. */
export interface Place {
  readonly directory: KnownDirectory;
  readonly name: BytePath;
  /** On this machine. */
  readonly path: BytePath;
}

/**
 * A directory on disk as the root of a tree nobody else changes meanwhile. Every path is walked name by name and its
 * links are followed here, inside the root, so that no system call is ever given a path with a link in it.
 */
export class ConfinedTree {
  readonly root: KnownDirectory;
  /** Whether this process enters and changes directories whatever their mode. */
  readonly #isPrivileged = process.geteuid?.() === 0;

  /** Throws FILESYSTEM where the root is no directory. */
  constructor(directory: BytePath) {
    const stat = lstatBig(directory);
    if (stat?.isDirectory() !== true) {
      throw new BuildError('FILESYSTEM', `${toText(directory)} is no directory to unpack to`);
    }
    this.root = this.#admit(undefined, '' as BytePath, directory, stat);
  }

  /** Where a clean relative path lies, its parents made where they are missing. */
  place(path: BytePath): Place {
    return this.#split(path, (parent) => this.#walk(parent, (at, name) => this.makeDirectory(at, name)));
  }

  /** Where a clean relative path lies; undefined where its parent is no directory. */
  find(path: BytePath): Place | undefined {
    return this.#split(path, (parent) => this.#walk(parent, () => undefined));
  }

  /** The directory at a clean relative path; undefined where there is none. */
  findDirectory(path: BytePath): KnownDirectory | undefined {
    return this.#walk(components(path), () => undefined);
  }

  /** The real directory of this name, for the first time or from memory; undefined where there is none. */
  child(directory: KnownDirectory, name: BytePath): KnownDirectory | undefined {
    const known = directory.children.get(name);
    if (known !== undefined) return known;
    const path = joinPath(directory.path, name);
    const stat = lstatBig(path);
    return stat?.isDirectory() === true ? this.#admit(directory, name, path, stat) : undefined;
  }

  /** Makes a directory in place of whatever has its name. It is ours alone until the end, when its mode is set. */
  makeDirectory(parent: KnownDirectory, name: BytePath): KnownDirectory {
    const path = joinPath(parent.path, name);
    touch(parent);
    this.create({ directory: parent, name, path }, () => {
      mkdirSync(toFs(path), { mode: OWNER_ACCESS });
    });
    const made = knowDirectory(parent, name, path, { mode: 0o755, mtimeNs: 0n });
    made.isTouched = true;
    return made;
  }

  /** Makes something new at a place; what is there already is removed first, never changed. */
  create<T>(place: Place, make: () => T): T {
    touch(place.directory);
    forget(place.directory, place.name);
    try {
      return make();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      removeTree(place.path);
      return make();
    }
  }

  /** Removes what is at a place, with everything below. */
  remove(place: Place): void {
    forget(place.directory, place.name);
    touch(place.directory);
    removeTree(place.path);
  }

  #split(path: BytePath, walk: (parent: BytePath[]) => KnownDirectory): Place;
  #split(path: BytePath, walk: (parent: BytePath[]) => KnownDirectory | undefined): Place | undefined;
  #split(path: BytePath, walk: (parent: BytePath[]) => KnownDirectory | undefined): Place | undefined {
    const parts = components(path);
    const name = parts.pop() ?? ('' as BytePath);
    const directory = walk(parts);
    return directory === undefined ? undefined : { directory, name, path: joinPath(directory.path, name) };
  }

  #walk<T extends KnownDirectory | undefined>(
    path: readonly BytePath[],
    otherwise: (at: KnownDirectory, name: BytePath) => T,
  ): KnownDirectory | T {
    const pending = path.toReversed();
    let at = this.root;
    let links = 0;
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      const next: KnownDirectory | undefined =
        name === '..' ? (at.parent ?? this.root) : this.child(at, name);
      if (next !== undefined) {
        at = next;
        continue;
      }
      const target = linkTarget(joinPath(at.path, name));
      if (target !== undefined) {
        if (++links > MAX_LINKS) throw loop(path);
        if (target.startsWith('/')) at = this.root;
        pending.push(...components(target).reverse());
        continue;
      }
      const made = otherwise(at, name);
      if (made === undefined) return made;
      at = made;
    }
    return at;
  }

  #admit(
    parent: KnownDirectory | undefined,
    name: BytePath,
    path: BytePath,
    stat: BigIntStats,
  ): KnownDirectory {
    const mode = Number(stat.mode) & 0o7777;
    const directory = knowDirectory(parent, name, path, { mode, mtimeNs: stat.mtimeNs });
    if (!this.#isPrivileged && (mode & OWNER_ACCESS) !== OWNER_ACCESS) {
      chmodSync(toFs(path), mode | OWNER_ACCESS);
      directory.isTouched = true;
    }
    return directory;
  }
}

/** Has a directory's mode and time set at the end, for its contents are about to change. */
export function touch(directory: KnownDirectory): void {
  directory.isTouched = true;
}

/** Undefined where there is no link. */
function linkTarget(path: BytePath): BytePath | undefined {
  if (lstatSync(toFs(path), { throwIfNoEntry: false })?.isSymbolicLink() !== true) return undefined;
  return readlinkSync(toFs(path), { encoding: 'latin1' }) as BytePath;
}

function loop(path: readonly BytePath[]): Error {
  const text = toText(path.join('/') as BytePath);
  return Object.assign(new Error(`${text}: too many levels of symbolic links`), { code: 'ELOOP' });
}
