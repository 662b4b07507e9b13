import type { Dockerfile, SourceRange, Stage } from '../dockerfile/index.ts';
import type { Platform } from '../oci/index.ts';
import type { BuildSpec, NamedContext } from '../request/index.ts';
import type { BaseImages } from './base-images.ts';
import { namedContext } from './named-contexts.ts';
import type { PlannedStage, StageBase } from './planned-stage.ts';
import { findCopySource, findSource, type SourceName } from './sources.ts';

export type ImageBase = Extract<StageBase, { readonly kind: 'scratch' | 'image' }>;

/** An instruction that asks for a stage or an image. */
export interface Asking {
  /** The number of its own stage: it may name earlier ones. */
  readonly before: number;
  readonly range: SourceRange;
}

/** What `--from` names: stages as they are planned; images and directories as stages of their own, one for each name. */
export class NamedSources {
  readonly #dockerfile: Dockerfile;
  readonly #spec: BuildSpec;
  readonly #images: BaseImages;
  readonly #planned: (stage: Stage) => Promise<PlannedStage>;
  readonly #sourceImages = new Map<string, Promise<PlannedStage>>();
  readonly #directories = new Map<string, PlannedStage>();

  constructor(
    dockerfile: Dockerfile,
    spec: BuildSpec,
    images: BaseImages,
    planned: (stage: Stage) => Promise<PlannedStage>,
  ) {
    this.#dockerfile = dockerfile;
    this.#spec = spec;
    this.#images = images;
    this.#planned = planned;
  }

  /** The image of a reference, or nothing for `scratch`. Throws what resolving throws. */
  async base(name: string, platform: Platform): Promise<ImageBase> {
    if (name === 'scratch') return { kind: 'scratch' };
    return { kind: 'image', image: await this.#images.resolve(name, platform) };
  }

  /** The image that a named context is. Throws what resolving throws. */
  async contextImage(
    named: Exclude<NamedContext, { readonly kind: 'directory' }>,
    platform: Platform,
  ): Promise<ImageBase> {
    if (named.kind === 'image') return this.base(named.reference, platform);
    return { kind: 'image', image: await this.#images.resolveLayout(named.name, platform) };
  }

  /** The directory that a named context is. */
  directory(name: string, range: SourceRange): PlannedStage {
    const known = this.#directories.get(name);
    const stage = known ?? this.#stageOf(name, { kind: 'context', name }, range);
    this.#directories.set(name, stage);
    return stage;
  }

  /** What COPY --from names: of all names only those of COPY may be a stage's number. */
  ofCopy(from: string, asking: Asking): Promise<PlannedStage> {
    if (!/^\d+$/.test(from)) return this.named(from, asking);
    return this.#found(findCopySource(this.#dockerfile, from, asking.before), asking);
  }

  /** What a name stands for: a named context, an earlier stage, or an image. */
  named(from: string, asking: Asking): Promise<PlannedStage> {
    const named = namedContext(this.#spec, from);
    if (named?.kind === 'directory') return Promise.resolve(this.directory(named.name, asking.range));
    if (named !== undefined)
      return this.#image(named.name, asking, () => this.contextImage(named, this.#spec.platform));
    return this.#found(findSource(this.#dockerfile, from, asking.before), asking);
  }

  #found(found: SourceName, asking: Asking): Promise<PlannedStage> {
    if (found.kind === 'stage') return this.#planned(found.stage);
    const { reference } = found;
    return this.#image(reference, asking, () => this.base(reference, this.#spec.platform));
  }

  #image(name: string, { range }: Asking, resolve: () => Promise<ImageBase>): Promise<PlannedStage> {
    const known = this.#sourceImages.get(name);
    if (known !== undefined) return known;
    const planned = resolve().then((base) => this.#stageOf(name, base, range));
    this.#sourceImages.set(name, planned);
    return planned;
  }

  #stageOf(label: string, base: StageBase, range: SourceRange): PlannedStage {
    const { platform } = this.#spec;
    return { index: undefined, label, from: undefined, range, base, platform, instructions: [] };
  }
}
