import type { BytePath } from '../bytes/index.ts';
import type { RootView } from '../rootfs/index.ts';
import type { IgnoreRule } from './ignore.ts';

/** A tree in the place where a RUN has it. */
export interface ResidentTree {
  /** Its root, as an absolute path of this machine. */
  readonly directory: BytePath;
  /** Relative paths in there that are not of the tree. */
  readonly isForeign: IgnoreRule;
  /** The tree as far as it is one: without what lies in mounts. */
  seen(view: RootView): RootView;
  /** Whether mounts of a RUN are copies put into the tree, which are then no change of it. */
  readonly holdsCopies: boolean;
  /** Takes the tree back to where it was. */
  leave(): void;
}

/** Where the trees of stages are while something runs in them. */
export interface Residence {
  /** Puts the tree of a directory there, once no other tree is. */
  enter(directory: BytePath): Promise<ResidentTree>;
  /** Leaves the place as it was before the first tree, whatever went wrong. */
  close(): Promise<void>;
}

/** Every tree runs where it lies. */
export const IN_ITS_PLACE: Residence = {
  enter: (directory) =>
    Promise.resolve({
      directory,
      isForeign: () => false,
      seen: (view) => view,
      holdsCopies: false,
      leave: () => undefined,
    }),
  close: () => Promise.resolve(),
};
