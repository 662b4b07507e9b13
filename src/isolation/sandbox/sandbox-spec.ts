import type { SandboxTools } from '../sandbox-tools.ts';

/** Numeric identity of a RUN. */
export interface SandboxUser {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}

/** Something of this machine that appears in the root for the time of the RUN. */
export interface SandboxBind {
  readonly source: string;
  /** Absolute within the root, existing there, and free of symlinks. */
  readonly target: string;
  readonly readOnly?: boolean | undefined;
}

/** One RUN. All paths are text, not BytePaths. */
export interface SandboxSpec {
  /** The tree that becomes `/`: a mount or a plain directory, absolute on this machine. */
  readonly rootDir: string;
  /** Program and arguments; a program without a slash is looked up in env's PATH, inside the root. */
  readonly args: readonly string[];
  /** The whole environment of the RUN. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute within the root; may lead through symlinks of the root. */
  readonly workdir: string;
  readonly user: SandboxUser;
  /** Whether a new proc file system can be mounted here (Backend capabilities); then RUN has its own processes. */
  readonly ownProc: boolean;
  readonly network: 'host' | 'none';
  readonly binds: readonly SandboxBind[];
  /** A file that is there as `/dev/pipes/<name>`, executable, for the time of the RUN; the name holds no slash. */
  readonly script?: { readonly name: string; readonly content: string } | undefined;
  /** Size of /dev/shm; Docker's 64 MiB where absent. */
  readonly shmBytes?: number | undefined;
  /** A directory outside every root for a few temporary names. */
  readonly scratchDir: string;
  readonly tools: SandboxTools;
  /** Called for each piece of output as it comes. Bytes, not lines. */
  onOutput(stream: 'stdout' | 'stderr', chunk: Uint8Array): void;
}

/** How a RUN ended. */
export interface SandboxResult {
  /** As a shell counts: 128 + signal where it was killed, 126 and 127 where it could not be started. */
  readonly exitCode: number;
  /** Why the program could not be started at all; it was reported on stderr too. */
  readonly startFailure?: string | undefined;
}
