import type { BytePath } from '../../bytes/index.ts';
import { fromText } from '../../bytes/index.ts';
import { KeptPaths } from '../../rootfs/index.ts';
import type { Residence, ResidentTree } from '../residence.ts';
import { HidingView } from './hiding-view.ts';
import { moveIn, moveOut, type SharedDirectory } from './move-tree.ts';
import { naming } from './naming.ts';
import { bringOwnBack, parkOwn, putInOrder, recoverRoot, type OwnRoot } from './recover-root.ts';
import { RootLock } from './root-lock.ts';

export interface RootPlace extends OwnRoot {
  /** Where what the root has of its own is parked meanwhile; on the root's file system, and not there yet. */
  readonly own: BytePath;
}

/**
 * Trees of stages run in a container's own root, one at a time: what the root has of its own makes way, a tree is renamed
 * into it and back, and the root is as it was. That costs a few system calls where all is on one file system. A journal
 * says at each moment what is where.
 */
export class RootResidence implements Residence {
  readonly #place: RootPlace;
  readonly #kept: KeptPaths;
  readonly #lock: RootLock;
  #free: Promise<void> = Promise.resolve();
  #isBroken = false;

  constructor(place: RootPlace) {
    this.#place = place;
    this.#kept = new KeptPaths(place.kept.map(fromText));
    this.#lock = new RootLock(place.journal);
  }

  async enter(directory: BytePath): Promise<ResidentTree> {
    const before = this.#free;
    let next = (): void => undefined;
    this.#free = new Promise((resolve) => (next = resolve));
    await before;
    await this.#lock.take();
    const release = (): void => {
      this.#lock.release();
      next();
    };
    try {
      return await this.#moveIn(directory, release);
    } catch (error) {
      this.#isBroken = true;
      release();
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#isBroken) await recoverRoot(this.#place);
  }

  async #moveIn(directory: BytePath, release: () => void): Promise<ResidentTree> {
    const { root, own } = this.#place;
    const kept = this.#kept;
    await putInOrder(this.#place);
    parkOwn(this.#place, own);
    const shared = naming(() => moveIn(directory, root, kept));
    return {
      directory: root,
      isForeign: (path) => kept.covers(path),
      seen: (view) => new HidingView(view, (path) => kept.isBelowKept(path)),
      holdsCopies: true,
      leave: () => {
        try {
          this.#moveOut(directory, shared);
        } catch (error) {
          this.#isBroken = true;
          throw error;
        } finally {
          release();
        }
      },
    };
  }

  /** Where this fails the journal stays: who comes next clears what is left. */
  #moveOut(directory: BytePath, shared: readonly SharedDirectory[]): void {
    const { root } = this.#place;
    naming(() => moveOut(root, directory, this.#kept, shared));
    bringOwnBack(this.#place);
  }
}
