import type { BytePath } from '../bytes/index.ts';

/** The half of an owner that a change leaves as it is: -1 of chown(2). */
type Kept = undefined;

/**
 * What a RUN did, or was made to believe it did, to owners, in the order in which it happened. Paths are absolute in the
 * root; their parents may lead through symbolic links.
 */
export type OwnershipEvent =
  /** A change of owner that was only claimed to have happened. */
  | {
      readonly kind: 'owner';
      readonly path: BytePath;
      readonly uid: number | Kept;
      readonly gid: number | Kept;
      /** Follow a symbolic link at the end of the path. */
      readonly follow: boolean;
      /** Given to an open file, not to a name. */
      readonly byDescriptor: boolean;
    }
  /** A mode that was really set: a change of owner takes set-id bits away. */
  | { readonly kind: 'mode'; readonly path: BytePath; readonly follow: boolean }
  /** A file capability that was set, or, where there is a value, only claimed to be. A change of owner takes it away. */
  | {
      readonly kind: 'capability';
      readonly path: BytePath;
      readonly follow: boolean;
      readonly value?: Uint8Array;
    }
  /** A new file, made by a process that took on these ids. */
  | { readonly kind: 'made'; readonly path: BytePath; readonly uid: number; readonly gid: number }
  | { readonly kind: 'moved' | 'exchanged' | 'linked'; readonly from: BytePath; readonly to: BytePath }
  /** A directory that could not be renamed across layers; programs copy it then. */
  | { readonly kind: 'copied'; readonly from: BytePath; readonly to: BytePath }
  | { readonly kind: 'removed'; readonly path: BytePath };
