import { type SignalSource } from '../report/index.ts';
import {
  type ArchiveService,
  type Environment,
  type IsolationChoice,
  type RunBuild,
  type RunCall,
  type RunDoctor,
  type RunPublish,
} from '../request/index.ts';
import { type Runner } from './runner.ts';

/** Removes a directory of scratch space, whoever its files belong to. */
export type RemoveScratch = (
  directory: string,
  o: { readonly env: Environment; readonly isolation: IsolationChoice },
) => Promise<void>;

/** Everything of the world around the action, so that tests can stand in for it. */
export interface ActionPorts {
  readonly runner: Runner;
  readonly runBuild: RunBuild;
  readonly runCall: RunCall;
  readonly runPublish: RunPublish;
  readonly runDoctor: RunDoctor;
  readonly removeScratch: RemoveScratch;
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
