import type { OneUser } from '../recorder/one-user-command.ts';
import type { Recording } from '../recorder/recording.ts';
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

interface MountTarget {
  /** Absolute within the root and free of symlinks. It exists, unless `create` says otherwise. */
  readonly target: string;
  /** What has to be made there first: the target lies in a tmpfs among the mounts before. */
  readonly create?: 'directory' | 'file' | undefined;
}

/** What a RUN asked for by --mount. */
export type SandboxMount =
  | (MountTarget & { readonly kind: 'bind'; readonly source: string; readonly readOnly: boolean })
  | (MountTarget & {
      readonly kind: 'tmpfs';
      readonly sizeBytes?: number | undefined;
      readonly readOnly: boolean;
    })
  /** A file whose content never lies on a disk. */
  | (MountTarget & {
      readonly kind: 'secret';
      readonly content: Uint8Array;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    });

/** A limit of resources as prlimit(1) names it. */
export interface ResourceLimit {
  readonly name: string;
  /** A number or `unlimited`. */
  readonly soft: string;
  readonly hard: string;
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
  /** Where there is one user only: others are pretended then. */
  readonly oneUser?: OneUser | undefined;
  readonly network: 'host' | 'none';
  readonly binds: readonly SandboxBind[];
  /** Mounted in this order, after everything else. */
  readonly mounts?: readonly SandboxMount[] | undefined;
  /** Variables whose values appear in no list of processes; they win over `env`. */
  readonly secretEnv?: Readonly<Record<string, string>> | undefined;
  readonly limits?: readonly ResourceLimit[] | undefined;
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
  /** What it did to owners, where these are recorded. */
  readonly recording?: Recording | undefined;
}
