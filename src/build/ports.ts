import type { CacheKey, CacheRecord } from '../cache/index.ts';
import type { BuildContext } from '../context/index.ts';
import type { LocalBlobStore } from '../content/index.ts';
import type { ImageLayer } from '../image/index.ts';
import type { Descriptor, Digest } from '../oci/index.ts';
import type { SandboxMount } from '../isolation/index.ts';
import type { BaseImages } from '../plan/index.ts';
import type { Reporter } from '../report/index.ts';
import type { OwnershipEvent, RootView, UserIdentity } from '../rootfs/index.ts';
import type { MountPoint, RunRoot } from '../snapshot/index.ts';

/** A file fetched for ADD. */
export interface Download {
  /** Where it lies on this machine. */
  readonly path: string;
  readonly size: number;
  /** Seconds since the epoch, as the server told. */
  readonly lastModified?: number | undefined;
  readonly digest: Digest;
}

/** What of a download decides about what it makes of an image. */
export type DownloadIdentity = Pick<Download, 'digest' | 'lastModified'>;

export interface DownloadRequest {
  readonly url: string;
  /** `sha256:…` the content must have. */
  readonly checksum?: string | undefined;
}

/** A git repository that ADD names. */
export interface RepositoryRequest {
  /** As written. */
  readonly url: string;
  readonly keepGitDir: boolean;
  /** The commit it must be at. */
  readonly checksum?: string | undefined;
}

/** A repository that was checked out. */
export interface Repository {
  /** Where it lies on this machine. */
  readonly path: string;
  readonly commit: string;
}

/** One RUN, as the build sees it. */
export interface RunRequest {
  readonly root: RunRoot;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute in the image. */
  readonly workdir: string;
  readonly user: UserIdentity;
  readonly network: 'host' | 'none';
  readonly mounts: readonly SandboxMount[];
  /** Variables whose values must be seen nowhere but in the RUN; they win over `env`. */
  readonly secretEnv: Readonly<Record<string, string>>;
  /** A script that must be there as `/dev/pipes/<name>`, executable, for the time of the RUN. */
  readonly script?: { readonly name: string; readonly content: string } | undefined;
  onOutput(stream: 'stdout' | 'stderr', text: string): void;
}

export interface RunOutcome {
  /** As a shell counts. */
  readonly exitCode: number;
  /** Why the program could not be started, where that is what happened. */
  readonly startFailure?: string | undefined;
  /** What it was made to believe it did to owners, where these are recorded and not set. */
  readonly ownership?: readonly OwnershipEvent[] | undefined;
  /** What of it could not be recorded, in words. */
  readonly unrecorded?: readonly string[] | undefined;
}

/** What runs RUN. */
export interface Sandbox {
  /** Throws ISOLATION where nothing on this machine can run anything. */
  ensureAvailable(): void;
  /** Whether it cannot mount read-only: what must not change is mounted as a copy. */
  readonly mountsWritable?: boolean | undefined;
  /** Where it mounts files that not every tree has, in this tree. */
  mountPoints?(view: RootView): readonly MountPoint[];
  /** Whether programs of an architecture (image-spec's name) can be executed. */
  executes(architecture: string): boolean;
  run(request: RunRequest, signal: AbortSignal): Promise<RunOutcome>;
}

/** Results of earlier builds, and a place for those of this one. Nothing of it fails: what cannot be had is not there. */
export interface LayerCache {
  lookup(keys: readonly CacheKey[]): Promise<ReadonlyMap<CacheKey, CacheRecord>>;
  /** Puts a blob that a record names into the store. Throws where it cannot be had any more. */
  fetch(blob: Descriptor): Promise<void>;
  /** Whether anything is kept at all. */
  readonly keeps: boolean;
  /** Keeps a record whose blobs lie in the store. */
  keep(record: CacheRecord): void;
  /** Says that these steps read another context than was looked up: the build fails, and is to begin anew. */
  outdated(steps: readonly string[]): void;
  /** Steps of which that was said: no key can be told of them. */
  readonly unstable?: ReadonlySet<string> | undefined;
}

/** Everything the build needs of the world around it. */
export interface BuildPorts {
  readonly images: BaseImages;
  readonly cache?: LayerCache | undefined;
  /** Puts the blob of a layer of a base image or of the cache into the store; at once where it is there already. */
  fetchLayer(layer: ImageLayer): Promise<void>;
  download(request: DownloadRequest): Promise<Download>;
  /** Checks a repository out. */
  fetchRepository(request: RepositoryRequest): Promise<Repository>;
  readonly store: LocalBlobStore;
  readonly context: BuildContext;
  /** Named contexts that are directories, by name. */
  readonly contexts?: ReadonlyMap<string, BuildContext> | undefined;
  readonly sandbox: Sandbox;
  readonly reporter: Reporter;
  /** What secret mounts are given, by id. */
  readonly secrets?: ReadonlyMap<string, Uint8Array> | undefined;
  /** Sockets of agents for ssh mounts, by id. */
  readonly sshAgents?: ReadonlyMap<string, string> | undefined;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  now(): number;
}
