import type { BytePath } from '../bytes/index.ts';
import type { TarEntry } from '../tar/index.ts';

/**
 * A directory below the root that was seen to be a real one. Whoever removes or replaces it drops it from its parent,
 * and with it everything that was known of what lay below.
 */
export interface KnownDirectory {
  readonly path: BytePath;
  readonly name: BytePath;
  /** Undefined for the root. */
  readonly parent: KnownDirectory | undefined;
  readonly children: Map<BytePath, KnownDirectory>;
  /** Names that were put here, directories on the way to deeper ones included. */
  readonly placed: Set<BytePath>;
  /** What it will have at the end, when nothing in it changes any more. */
  mode: number;
  mtimeNs: bigint;
  /** Whether mode and time have to be set at the end. */
  isTouched: boolean;
  /** What is put in place at the end, by name. */
  readonly later: Map<BytePath, Deferred>;
}

/** Work that takes another program and so is done for many files at once. */
export type Deferred =
  | { readonly kind: 'special'; readonly entry: TarEntry }
  | { readonly kind: 'capability'; readonly value: Uint8Array };

/** A directory that was just seen or made, known to its parent from now on. */
export function knowDirectory(
  parent: KnownDirectory | undefined,
  name: BytePath,
  path: BytePath,
  state: { readonly mode: number; readonly mtimeNs: bigint },
): KnownDirectory {
  const directory: KnownDirectory = {
    path,
    name,
    parent,
    children: new Map(),
    placed: new Set(),
    mode: state.mode,
    mtimeNs: state.mtimeNs,
    isTouched: false,
    later: new Map(),
  };
  parent?.children.set(name, directory);
  return directory;
}

/** Drops what is known of a name that is about to become something else. */
export function forget(directory: KnownDirectory, name: BytePath): void {
  directory.children.delete(name);
  directory.later.delete(name);
}

/** Remembers that a name, and the directories above it, were put here and not found. */
export function markPlaced(directory: KnownDirectory, name: BytePath): void {
  directory.placed.add(name);
  for (let at = directory; at.parent !== undefined && !at.parent.placed.has(at.name); at = at.parent) {
    at.parent.placed.add(at.name);
  }
}

/** All known directories, children before their parents. */
export function* deepestFirst(directory: KnownDirectory): Generator<KnownDirectory> {
  const open = [{ directory, children: directory.children.values() }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const next = top.children.next();
    if (next.done !== true) open.push({ directory: next.value, children: next.value.children.values() });
    else {
      open.pop();
      yield top.directory;
    }
  }
}
