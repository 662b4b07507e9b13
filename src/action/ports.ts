import { type SignalSource } from '../report/index.ts';
import {
  type ArchiveService,
  type Environment,
  type RunBuild,
  type RunCall,
  type RunDoctor,
  type RunPublish,
} from '../request/index.ts';
import { type Runner } from './runner.ts';

/** Removes what killed builds left in a directory, whoever its files belong to. What is living stays. */
export type SweepScratch = (parent: string, env: Environment) => Promise<void>;

/** Everything of the world around the action, so that tests can stand in for it. */
export interface ActionPorts {
  readonly runner: Runner;
  readonly runBuild: RunBuild;
  readonly runCall: RunCall;
  readonly runPublish: RunPublish;
  readonly runDoctor: RunDoctor;
  readonly sweepScratch: SweepScratch;
  readonly archives: ArchiveService;
  readonly signals: SignalSource;
  /** Ends the process at once, without tidying up. */
  readonly exit: (status: number) => void;
  readonly cwd: string;
  /** Node's `process.arch`. */
  readonly machine: string;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
}
