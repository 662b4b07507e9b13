import type { BytePath } from '../bytes/index.ts';
import type { RootView } from '../rootfs/index.ts';
import type { TarMember } from '../tar/index.ts';
import type { Change } from './change.ts';
import type { LayerFeed } from './layer-feed.ts';
import type { OwnershipRecord } from './tree-ownership.ts';

/** A directory of this machine through which a finished tree can be read until it is closed. */
export interface OpenedRoot {
  readonly view: RootView;
  /** Where the tree lies, for bind mounts; undefined where it is held in memory only. */
  readonly directory: BytePath | undefined;
  close(): void;
}

/** What a RUN changed. */
export interface RunChanges {
  readonly changes: readonly Change[];
  /** True where later steps leave the changed files alone, so that the layer may be written while they run. */
  readonly stable: boolean;
}

/** What to put into a tree, worked out on the tree as it is. */
export type MemberPlan = (view: RootView) => readonly TarMember[] | Promise<readonly TarMember[]>;

/** What a step is given to run in. */
export interface RunRoot {
  /** The merged tree, writable, as a path of this machine. */
  readonly directory: BytePath;
  /** The tree as it is before the step. */
  readonly view: RootView;
  /** Puts planned members into the tree, as changes of the step. */
  put(members: readonly TarMember[]): void;
}

/** Where something is mounted for the time of a step. */
export interface MountPoint {
  /** Absolute in the tree; no component that exists is a symlink. */
  readonly path: BytePath;
  readonly kind: 'directory' | 'file';
}

/**
 * The file tree of one stage as it grows step by step. Whatever holds it (overlay mounts, one plain directory, an
 * index in memory), a step sees the same operations.
 */
export interface StageRoot {
  /** Opens the present tree for reading. */
  open(): OpenedRoot;
  /** Puts what a COPY, ADD or WORKDIR plans into the tree, and returns it. Throws what `plan` throws, with the tree as before. */
  change(plan: MemberPlan): Promise<readonly TarMember[]>;
  /**
   * Runs a step in the tree, which tells what it did to owners, and returns what it changed; throws what `step` throws, with the tree as before.
   * `mountPoints` is asked before, given the tree as it is: what is not there yet exists for the time of the step.
   */
  run(
    step: (root: RunRoot) => Promise<OwnershipRecord>,
    mountPoints?: (view: RootView) => readonly MountPoint[],
  ): Promise<RunChanges>;
  /** Puts finished layers on top of the tree. Throws what getting them throws; the tree is of no use then. */
  applyLayers(feed: LayerFeed): Promise<void>;
  /** A root that starts from the present tree and leaves this one as it is. */
  fork(name: string): StageRoot;
}
