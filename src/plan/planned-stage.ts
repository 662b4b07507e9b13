import type { Dockerfile, FromInstruction, SourceRange, StageInstruction } from '../dockerfile/index.ts';
import type { Digest, ImageConfig, Platform } from '../oci/index.ts';
import type { ImageLayer } from '../image/index.ts';

/** An image of a registry that something is built from or copied from: its config and layers, no file of it yet. */
export interface BaseImage {
  /** The reference with the digest it was resolved to. */
  readonly name: string;
  readonly config: ImageConfig;
  /** The digest of the manifest for the platform, where it is known. */
  readonly manifest?: Digest | undefined;
  readonly layers: readonly ImageLayer[];
}

/** What a stage starts from. */
export type StageBase =
  | { readonly kind: 'scratch' }
  | { readonly kind: 'image'; readonly image: BaseImage }
  /** The directory of a named context, for `--from` only: FROM copies it into an empty tree. */
  | { readonly kind: 'context'; readonly name: string }
  | { readonly kind: 'stage'; readonly stage: PlannedStage };

/** An instruction to carry out, and where its text stands for messages. */
export interface PlannedInstruction {
  readonly instruction: StageInstruction;
  /** True for a trigger that the base image or base stage left. */
  readonly isOnbuild: boolean;
  /** The stage or image that `--from` names, as a stage; undefined where it reads the build context or nothing. */
  readonly source?: PlannedStage | undefined;
  /** What `from` of each `--mount` of a RUN names, in their order; undefined for mounts without one. */
  readonly mountSources?: readonly (PlannedStage | undefined)[] | undefined;
}

/** Every stage and image an instruction reads from. */
export function sourcesOf({ source, mountSources = [] }: PlannedInstruction): PlannedStage[] {
  return [source, ...mountSources].filter((stage) => stage !== undefined);
}

/**
 * One stage as it will be built. An image named by `COPY --from` is one too: a stage without instructions.
 */
export interface PlannedStage {
  /** Position in the file, or undefined for an image that only `--from` names. */
  readonly index: number | undefined;
  /** Its name, or `stage-N`, or the image reference. */
  readonly label: string;
  readonly from: FromInstruction | undefined;
  /** Where the file asks for it: its FROM, or the first instruction that names an image. */
  readonly range: SourceRange;
  readonly base: StageBase;
  readonly platform: Platform;
  readonly instructions: readonly PlannedInstruction[];
}

/** What has to be built, stages in an order in which each comes after those it needs. */
export interface Plan {
  readonly dockerfile: Dockerfile;
  readonly target: PlannedStage;
  /** The target and all others that were asked for. */
  readonly targets: readonly PlannedStage[];
  readonly stages: readonly PlannedStage[];
  /** ARGs before the first FROM and the platform arguments: what ARG without a default takes its value from. */
  readonly globals: ReadonlyMap<string, string>;
}
