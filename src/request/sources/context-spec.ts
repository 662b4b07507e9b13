import type { GitSource } from './git-source.ts';

export interface DirectoryContext {
  readonly kind: 'directory';
  /** Absolute. */
  readonly path: string;
}

/** Where a build context lies. */
export type ContextSpec =
  | DirectoryContext
  /** A tar archive on this machine, plain or compressed. */
  | { readonly kind: 'archive'; readonly path: string }
  /** Standard input: an archive, or (where `orDockerfile`) a Dockerfile that needs no context. */
  | { readonly kind: 'stdin'; readonly orDockerfile: boolean }
  | { readonly kind: 'git'; readonly source: GitSource }
  /** An archive to download, or a Dockerfile that needs no context. */
  | { readonly kind: 'url'; readonly url: string; readonly checksum?: string | undefined };

/** Where the Dockerfile lies. */
export type DockerfileSpec =
  /** A path; of the usual names the one that is there where it is absent. */
  | { readonly kind: 'file'; readonly name?: string | undefined }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'url'; readonly url: string };

/** What FROM, COPY --from and RUN --mount=from mean by a name, in place of a stage or an image. */
export interface NamedSource {
  /** As contextKey has it. */
  readonly name: string;
  readonly source:
    | ContextSpec
    | { readonly kind: 'image'; readonly reference: string }
    | {
        readonly kind: 'layout';
        /** Directory of the OCI image layout, absolute. */
        readonly path: string;
        /** The tag or digest of the image in it. */
        readonly tag?: string | undefined;
        readonly digest?: string | undefined;
      };
}

/** A named context when everything of it lies on this machine or is an image. */
export type NamedContext =
  | { readonly name: string; readonly kind: 'directory'; readonly path: string }
  | { readonly name: string; readonly kind: 'image'; readonly reference: string }
  | { readonly name: string; readonly kind: 'layout' };
