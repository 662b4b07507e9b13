import { type SignalSource } from '../report/index.ts';
import {
  type RunBuild,
  type RunCacheTask,
  type RunCall,
  type RunDoctor,
  type RunExplain,
  type RunPublish,
  type RunWarmer,
} from '../request/index.ts';

/** Takes text as it is. */
export interface Sink {
  write(text: string): unknown;
}

/** Everything of the world around the command line, so that tests can stand in for it. */
export interface CliPorts {
  readonly runBuild: RunBuild;
  readonly runCall: RunCall;
  readonly runPublish: RunPublish;
  readonly runCacheTask: RunCacheTask;
  readonly runExplain: RunExplain;
  readonly runWarmer: RunWarmer;
  readonly runDoctor: RunDoctor;
  /** Read only where a context or Dockerfile is asked for from it. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Answers. */
  readonly stdout: Sink;
  /** Takes bytes of an output for standard output; resolves once there is room for more. */
  readonly writeBytes: (chunk: Uint8Array) => Promise<void>;
  /** The log and errors. */
  readonly stderr: Sink & { readonly isTTY?: boolean; readonly columns?: number };
  readonly signals: SignalSource;
  /** Ends the process at once, without tidying up. */
  readonly exit: (status: number) => void;
  readonly version: () => string;
  readonly cwd: string;
  /** Node's `process.arch`. */
  readonly machine: string;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
  /** RFC 3339 time of now. */
  readonly time: () => string;
  readonly exists: (path: string) => boolean;
}
