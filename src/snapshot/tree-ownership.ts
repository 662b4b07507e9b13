import type { BytePath } from '../bytes/index.ts';
import type { OwnershipEvent, RootView } from '../rootfs/index.ts';
import type { TarMember } from '../tar/index.ts';
import type { Change } from './change.ts';
import type { IgnoreRule } from './ignore.ts';
import type { LayerSink } from './layer-feed.ts';

/** What a RUN tells of owners that the disk does not show. */
export interface OwnershipRecord {
  /** Who it ran as: what it made is theirs, where nothing else is known. */
  readonly user: { readonly uid: number; readonly gid: number };
  readonly events: readonly OwnershipEvent[];
  /** Where something was mounted in it: events there, and below, tell nothing of the tree. Absolute. */
  readonly mounted?: readonly BytePath[] | undefined;
}

/** A RUN that is over, with what the disk shows of it. */
export interface EndedStep {
  /** The tree after it, on this machine. */
  readonly directory: BytePath;
  readonly changes: readonly Change[];
  readonly record: OwnershipRecord;
  readonly ignored: IgnoreRule;
  /** Where a path of the tree can still be read, and changed, when the step is over; relative, absolute on this machine. */
  keep(path: BytePath): BytePath;
}

/** Who the files of a tree belong to: the disk says it, or a ledger where the disk can hold one owner only. */
export interface TreeOwnership {
  /** The tree in a directory of this machine as the image has it. */
  view(directory: BytePath): RootView;
  /** Puts planned members into a directory. */
  apply(directory: BytePath, members: readonly TarMember[]): void;
  /** Takes in a finished layer over a directory. */
  unpackInto(directory: BytePath): LayerSink;
  /** What a RUN changed as the image has it. */
  settle(step: EndedStep): Change[];
  /** Of a tree that starts as this one and goes its own way. */
  clone(): TreeOwnership;
}
