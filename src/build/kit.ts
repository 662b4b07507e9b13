import type { BytePath } from '../bytes/index.ts';
import type { Sightings } from '../context/index.ts';
import type { Dockerfile } from '../dockerfile/index.ts';
import type { PlannedInstruction, PlannedStage } from '../plan/index.ts';
import type { BuildSpec } from '../request/index.ts';
import type { ScratchCopies } from '../snapshot/index.ts';
import type { StepCache } from './cache/step-cache.ts';
import type { Committer } from './commit.ts';
import type { CacheStore } from './instructions/mounts/cache-store.ts';
import type { ContextTrees } from './instructions/mounts/context-trees.ts';
import type { MountArchives } from './instructions/mounts/mount-archives.ts';
import type { BuildPorts } from './ports.ts';
import type { StageState } from './stage-state.ts';

/** What handlers of instructions share within one build. */
export interface BuildKit {
  readonly spec: BuildSpec;
  readonly dockerfile: Dockerfile;
  /** The global scope: where ARG without a default looks. */
  readonly globals: ReadonlyMap<string, string>;
  readonly ports: BuildPorts;
  readonly committer: Committer;
  /** Files of the context for bind mounts. */
  readonly contextTrees: ContextTrees;
  readonly caches: CacheStore;
  /** Keeps the directories of these caches for later builds; undefined where nothing keeps them, or they stay on this machine. */
  readonly mountArchives: MountArchives | undefined;
  /** Copies for mounts that may be written to. */
  readonly scratchCopies: ScratchCopies;
  /** Gives a file outside of trees to an owner, where files can belong to anybody. */
  giveTo(path: BytePath, owner: { readonly uid: number; readonly gid: number }): void;
  /** Results of earlier builds; undefined where this one is without a cache. */
  readonly steps: StepCache | undefined;
  /** A finished stage, waiting for it where it still goes on. */
  finished(stage: PlannedStage): Promise<StageState>;
  /** Milliseconds since the epoch: `SOURCE_DATE_EPOCH` where it is set, else now. */
  time(): number;
  /** A fresh directory for files that outlive the step. */
  freshDirectory(kind: string): string;
}

/** One instruction being carried out. */
export interface Step {
  readonly planned: PlannedInstruction;
  /** Takes down how files of contexts look that the step reads; undefined where nobody asks. */
  readonly sightings?: Sightings | undefined;
  /** Output of RUN. */
  onOutput(stream: 'stdout' | 'stderr', text: string): void;
}
