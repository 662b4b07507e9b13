import { mkdirSync } from 'node:fs';
import { toFs, type BytePath } from '../../bytes/index.ts';
import { BuildError } from '../../errors/index.ts';
import { clearRoot, type KeptPaths } from '../../rootfs/index.ts';
import type { Residence, ResidentTree } from '../residence.ts';
import { HidingView } from './hiding-view.ts';
import { moveIn, moveOut, type SharedDirectory } from './move-tree.ts';
import { RootLock } from './root-lock.ts';

export interface RootPlace {
  /** `/`; another directory in tests. */
  readonly root: BytePath;
  readonly kept: KeptPaths;
  /** A file, among the kept, that is there while a tree of a build lies in the root. */
  readonly journal: string;
  /** Where what the root has of its own is parked meanwhile; on the root's file system, and not there yet. */
  readonly own: BytePath;
}

/**
 * Trees of stages run in a container's own root, one at a time: a tree is renamed into it and back. That costs a few
 * system calls where the root and the parked trees are on one file system, and leaves the root as it was.
 */
export class RootResidence implements Residence {
  readonly #place: RootPlace;
  readonly #lock: RootLock;
  #free: Promise<void> = Promise.resolve();
  #ownIsParked = false;

  constructor(place: RootPlace) {
    this.#place = place;
    this.#lock = new RootLock(place.journal);
  }

  async enter(directory: BytePath): Promise<ResidentTree> {
    const before = this.#free;
    let release = (): void => undefined;
    this.#free = new Promise((resolve) => (release = resolve));
    await before;
    try {
      return await this.#moveIn(directory, release);
    } catch (error) {
      release();
      throw error;
    }
  }

  close(): void {
    if (!this.#ownIsParked) return;
    const { own, root, kept } = this.#place;
    this.#ownIsParked = false;
    naming(() => moveIn(own, root, kept));
  }

  async #moveIn(directory: BytePath, release: () => void): Promise<ResidentTree> {
    const { root, kept } = this.#place;
    // What a killed build left in the root is nobody's; links and mounts in it are not followed.
    if ((await this.#lock.take()) === 'abandoned') naming(() => clearRoot(root, kept));
    if (!this.#ownIsParked) this.#parkOwn();
    const shared = naming(() => moveIn(directory, root, kept));
    return {
      directory: root,
      isForeign: (path) => kept.covers(path),
      seen: (view) => new HidingView(view, (path) => kept.isBelowKept(path)),
      holdsCopies: true,
      leave: () => {
        try {
          this.#moveOut(directory, shared);
        } finally {
          release();
        }
      },
    };
  }

  /** The journal stays where this fails: the next build clears what is left. */
  #moveOut(directory: BytePath, shared: readonly SharedDirectory[]): void {
    const { root, kept } = this.#place;
    naming(() => moveOut(root, directory, kept, shared));
    this.#lock.release();
  }

  #parkOwn(): void {
    const { root, own, kept } = this.#place;
    mkdirSync(toFs(own), { mode: 0o700 });
    naming(() => moveOut(root, own, kept, []));
    this.#ownIsParked = true;
  }
}

function naming<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new BuildError('FILESYSTEM', `moving the tree of a stage into or out of / failed: ${message}`, {
      cause: error,
      hint:
        code === 'EXDEV'
          ? 'the directory of the builder must lie on the same file system as /, and not be a volume'
          : undefined,
    });
  }
}
