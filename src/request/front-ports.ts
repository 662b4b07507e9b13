import { type SourceLocation } from '../errors/index.ts';
import { type Reporter } from '../report/index.ts';
import { type BuildRequest } from './build-request.ts';
import { type BuildResult } from './build-result.ts';
import { type CallChoice } from './call-choice.ts';

/** Environment variables as values. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Keeps whole directories under keys, for builds in an action. Says itself what goes wrong. */
export interface ArchiveService {
  restore(directory: string, key: string, prefixes: readonly string[]): Promise<boolean>;
  save(directory: string, key: string): Promise<boolean>;
}

export interface BuildSurroundings {
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly env: Environment;
  /** Standard input of the command, where it has one. Read only where a context or Dockerfile is asked for from it. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** Takes bytes of an output that goes to standard output, one chunk after the other; absent where there is none. */
  readonly stdout?: ((chunk: Uint8Array) => Promise<void>) | undefined;
  readonly archives?: ArchiveService | undefined;
  /** Told where scratch space lies, for those who tidy up after a process that was killed. */
  readonly onScratch?: ((directory: string) => void) | undefined;
}

/** The build, as the fronts see it. Throws BuildError. */
export type RunBuild = (request: BuildRequest, surroundings: BuildSurroundings) => Promise<BuildResult>;

/** The answer to a question about a build. */
export interface CallAnswer {
  /** For standard output, as it is. */
  readonly text: string;
  /** The exit status. */
  readonly status: number;
  /** What `text` warns of, one by one, for those who show warnings at their places. */
  readonly warnings: readonly { readonly message: string; readonly location: SourceLocation }[];
}

/** Answers a question about a build without building. Throws BuildError. */
export type RunCall = (
  request: BuildRequest,
  call: CallChoice,
  surroundings: BuildSurroundings,
) => Promise<CallAnswer>;

/** What a command tells: for people, for programs, and as an exit status. */
export interface CommandAnswer {
  readonly text: string;
  readonly json: unknown;
  readonly status: number;
}

/** Looks a build up in its caches without building. Throws BuildError. */
export type RunExplain = (request: BuildRequest, surroundings: BuildSurroundings) => Promise<CommandAnswer>;

/** Tells what this machine can do: once for people, once as data. */
export type RunDoctor = (o: {
  readonly env: Environment;
  /** The directory for scratch space that was asked for, if any. */
  readonly scratchParent?: string | undefined;
}) => Promise<{ readonly text: string; readonly json: unknown }>;
