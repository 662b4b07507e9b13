import { type CredentialHelper } from './credential-helpers.ts';
import type { Compression, Platform } from '../oci/index.ts';
import type { CacheOptions } from './cache/cache-options.ts';
import type {
  ContextSpec,
  DirectoryContext,
  DockerfileSpec,
  NamedContext,
  NamedSource,
} from './sources/context-spec.ts';
import type { GitOptions } from './sources/git-options.ts';
import type { Annotation } from './outputs/annotation.ts';
import type { ImageForm, Output } from './outputs/output.ts';

export type SnapshotterChoice = 'auto' | 'overlay' | 'scan';
export type IsolationChoice =
  | 'auto'
  | 'mountns'
  | 'sudo'
  | 'userns-identity'
  | 'userns-full'
  | 'inplace'
  | 'userns-single'
  | 'proot'
  | 'none';
export const ISOLATION_CHOICES: readonly IsolationChoice[] = [
  'auto',
  'mountns',
  'sudo',
  'userns-identity',
  'userns-full',
  'inplace',
  'userns-single',
  'proot',
  'none',
];
export const SNAPSHOTTER_CHOICES: readonly SnapshotterChoice[] = ['auto', 'overlay', 'scan'];

/** What every RUN of a build gets. */
export interface RunOptions {
  /** For a RUN that asks for none of its own. */
  readonly network?: 'default' | 'host' | 'none' | undefined;
  /** More lines of /etc/hosts. */
  readonly extraHosts?: readonly { readonly host: string; readonly address: string }[] | undefined;
  /** Bytes of /dev/shm. */
  readonly shmBytes?: number | undefined;
  /** Limits as prlimit(1) names them; a number or `unlimited`. */
  readonly limits?:
    readonly { readonly name: string; readonly soft: string; readonly hard: string }[] | undefined;
  /** Absolute directory of this machine where caches of RUN --mount=type=cache stay. */
  readonly cacheMounts?: string | undefined;
  /** False where they are not to be kept in the layer cache either. */
  readonly keepsCacheMounts?: boolean | undefined;
}

/** A secret for RUN --mount=type=secret. */
export interface GivenSecret {
  readonly id: string;
  readonly content: Uint8Array;
}

/** An agent for RUN --mount=type=ssh: the absolute path of its socket, or of the private keys it is to hold. */
export type GivenAgent =
  | { readonly id: string; readonly socket: string }
  | { readonly id: string; readonly keys: readonly string[] };

/** How to build. Everything here may enter the sandboxed builder: no credentials, no tokens. */
export interface BuildSettings {
  /** Stage name or index; the last stage where absent. */
  readonly target?: string | undefined;
  /** More stages that are built; nothing of them is exported. */
  readonly otherTargets?: readonly string[] | undefined;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly platform: Platform;
  /** The machine's own platform. */
  readonly buildPlatform: Platform;
  /** Seconds since the epoch: creation times are this, and file times in new layers at most this. */
  readonly sourceDateEpoch?: number | undefined;
  /** kaniko's flag: every timestamp of new layers and of the config becomes the epoch (or sourceDateEpoch). */
  readonly reproducible: boolean;
  /** One layer a stage in place of one a step. */
  readonly singleSnapshot: boolean;
  /** A RUN fails where changes of owner could not be recorded. */
  readonly strictOwnership?: boolean | undefined;
  /** How new layers are compressed: with gzip where it is absent. */
  readonly compression?: { readonly kind: Compression; readonly level?: number | undefined } | undefined;
  /** Layers are compressed one after the other, block by block: less memory, more time, the same bytes. */
  readonly sparesMemory?: boolean | undefined;
  /** Absolute paths in the image that never enter a layer. */
  readonly ignorePaths: readonly string[];
  readonly snapshotter: SnapshotterChoice;
  /** What every RUN gets; defaults where absent. */
  readonly run?: RunOptions | undefined;
}

/** What to build, with all that it is built from on this machine. Nothing of it is secret. */
export interface BuildSpec extends BuildSettings {
  readonly context: DirectoryContext;
  /** Absolute path of the Dockerfile on this machine. */
  readonly dockerfile: string;
  /** What people call the Dockerfile, where that is not its path. */
  readonly dockerfileName?: string | undefined;
  readonly contexts?: readonly NamedContext[] | undefined;
}

/** What to build, as asked for: wherever it lies. URLs in it may hold credentials. */
export interface AskedBuild extends BuildSettings {
  readonly context: ContextSpec;
  /** A directory below the context that is the context in its place. */
  readonly contextSubPath?: string | undefined;
  readonly dockerfile: DockerfileSpec;
  readonly contexts: readonly NamedSource[];
  readonly git: GitOptions;
  /** What relative names of files start from. */
  readonly cwd: string;
}

/** A token for the git repositories of one host. */
export interface GitToken {
  readonly host: string;
  readonly token: string;
}

/** How registries are reached. */
export interface RegistryOptions {
  /** `registry host[:port]` reached by plain HTTP, push and pull. */
  readonly insecureRegistries: readonly string[];
  /** Plain HTTP for every destination / every base. */
  readonly insecurePush: boolean;
  readonly insecurePull: boolean;
  readonly skipTlsVerify: boolean;
  readonly skipTlsVerifyPull: boolean;
  readonly skipTlsVerifyRegistries: readonly string[];
  /** Mirrors of docker.io, tried in order before it; `host[:port][/path]`. */
  readonly mirrors: readonly string[];
  /** registry → replacements tried in order before the original. */
  readonly registryMap: Readonly<Record<string, readonly string[]>>;
  /** Where there are mirrors or replacements, the original is not tried after them. */
  readonly skipDefaultFallback: boolean;
  /** registry → absolute path of the certificates (PEM) it is trusted by, besides the usual ones. */
  readonly certificates: Readonly<Record<string, string>>;
  /** registry → absolute paths of the client certificate it is shown and of its key. */
  readonly clientCertificates: Readonly<
    Record<string, { readonly certificate: string; readonly key: string }>
  >;
  readonly retries: RetryCounts;
  /** Destinations are asked for the permission to push before there is anything to push. */
  readonly checkPush: boolean;
  /** A tag that may not be changed is left as it is, with a warning. */
  readonly ignoreImmutableTags: boolean;
  /** Built-in credential helpers that are asked; all where absent. */
  readonly credentialHelpers?: readonly CredentialHelper[] | undefined;
}

/** How many times what failed for a passing reason is tried again; the client's own number where absent. */
export interface RetryCounts {
  readonly push?: number | undefined;
  /** Of manifests and configs of base images. */
  readonly download?: number | undefined;
  /** Of layers of base images. */
  readonly layers?: number | undefined;
}

/** Credentials given to the action or CLI directly. */
export interface GivenCredential {
  /** `host[:port]`, followed by a path where it holds for the repositories below it only: `ghcr.io/org/app`. */
  readonly registry: string;
  readonly username: string;
  readonly password: string;
  /** What it is for; pulling and pushing where absent. */
  readonly access?: 'pull' | 'push' | undefined;
  /** User and password are an access key of AWS; where absent, they are for a registry of ECR if they look like one. */
  readonly ecr?: boolean | undefined;
  /** Nobody gave it for this registry: it is tried last, and access is anonymous where it is refused. */
  readonly implied?: boolean | undefined;
  /** What it is called in messages; `given` where absent. */
  readonly origin?: string | undefined;
}

/** What to do with the image. */
export interface OutputSpec {
  /** Full references `registry/repository:tag`: all names of the image. */
  readonly tags: readonly string[];
  /** Pushed to its tags, beside what `outputs` do. */
  readonly push: boolean;
  /** What else is done, in order. */
  readonly outputs?: readonly Output[] | undefined;
  /** Of the images that tags, tarPath and ociLayoutPath name; gzip in OCI's types where it is absent. */
  readonly form?: ImageForm | undefined;
  /** Of every image that is written. */
  readonly annotations?: readonly Annotation[] | undefined;
  /** docker-load tarball. */
  readonly tarPath?: string | undefined;
  /** OCI image layout directory. */
  readonly ociLayoutPath?: string | undefined;
  readonly digestFile?: string | undefined;
  readonly imageNameWithDigestFile?: string | undefined;
  readonly imageNameTagWithDigestFile?: string | undefined;
}

/** The one value every front makes out of its own inputs. */
export interface BuildRequest {
  readonly spec: AskedBuild;
  /** The platforms to build for: several become one index. That of the spec alone where it is absent. */
  readonly platforms?: readonly Platform[] | undefined;
  readonly outputs: OutputSpec;
  readonly registries: RegistryOptions;
  readonly credentials: readonly GivenCredential[];
  /** Of several with one id the last counts. */
  readonly secrets?: readonly GivenSecret[] | undefined;
  readonly sshAgents?: readonly GivenAgent[] | undefined;
  readonly gitTokens: readonly GitToken[];
  readonly isolation: IsolationChoice;
  /** The container's root may be taken over whatever is in it. */
  readonly force: boolean;
  /** Undefined for a build without a layer cache. */
  readonly cache?: CacheOptions | undefined;
  /** Absolute directory of this machine that `warmer` may have put base images into. */
  readonly warmBases?: string | undefined;
  /** Directory below which scratch space is made, where one was asked for; else a place is found. */
  readonly scratchParent?: string | undefined;
}
