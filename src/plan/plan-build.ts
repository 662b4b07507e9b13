import { expandFrom, locationOf, parseTrigger } from '../dockerfile/index.ts';
import type {
  Dockerfile,
  FromInstruction,
  OnbuildInstruction,
  SourceRange,
  Stage,
} from '../dockerfile/index.ts';
import { BuildError, withLocation } from '../errors/index.ts';
import { parsePlatform, type Platform } from '../oci/index.ts';
import type { BuildSpec, NamedContext } from '../request/index.ts';
import { checkBases } from './check-bases.ts';
import { rememberImages, type BaseImages } from './base-images.ts';
import { stageOfFrom, targetStage } from './find-stage.ts';
import { globalScope } from './global-scope.ts';
import { namedContext } from './named-contexts.ts';
import { NamedSources, type ImageBase } from './named-sources.ts';
import {
  sourcesOf,
  type Plan,
  type PlannedInstruction,
  type PlannedStage,
  type StageBase,
} from './planned-stage.ts';
import { fromOf, mountFromsOf } from './sources.ts';

/**
 * What has to be built for the targets: only the stages they need, their bases resolved (all at the same time), triggers
 * of bases put in front. Throws DOCKERFILE_SEMANTICS with the place for stages that are not there, and what resolving
 * an image throws.
 */
export function planBuild(dockerfile: Dockerfile, spec: BuildSpec, images: BaseImages): Promise<Plan> {
  const others = (spec.otherTargets ?? []).map((name) => targetStage(dockerfile, name));
  return planStages(dockerfile, spec, images, others);
}

/** As planBuild, for every stage of the file; the target is the same. */
export function planAllStages(dockerfile: Dockerfile, spec: BuildSpec, images: BaseImages): Promise<Plan> {
  return planStages(dockerfile, spec, images, dockerfile.stages);
}

async function planStages(
  dockerfile: Dockerfile,
  spec: BuildSpec,
  images: BaseImages,
  others: readonly Stage[],
): Promise<Plan> {
  const target = targetStage(dockerfile, spec.target);
  const globals = globalScope(dockerfile, spec);
  checkBases(dockerfile, spec, globals);
  const planner = new Planner(dockerfile, spec, globals, rememberImages(images));
  const [planned, ...more] = await Promise.all([target, ...others].map((stage) => planner.stage(stage)));
  if (planned === undefined) throw new BuildError('INTERNAL', 'a plan without a target');
  const targets = [planned, ...more];
  return { dockerfile, target: planned, targets, stages: inOrder(targets), globals };
}

interface FoundBase {
  readonly base: StageBase;
  readonly platform: Platform;
  /** Left by the base for those built on it. */
  readonly triggers: readonly string[];
  /** What makes the tree of the base, before anything else. */
  readonly first?: readonly PlannedInstruction[] | undefined;
}

class Planner {
  readonly #dockerfile: Dockerfile;
  readonly #spec: BuildSpec;
  readonly #globals: ReadonlyMap<string, string>;
  readonly #sources: NamedSources;
  readonly #stages = new Map<number, Promise<PlannedStage>>();

  constructor(
    dockerfile: Dockerfile,
    spec: BuildSpec,
    globals: ReadonlyMap<string, string>,
    images: BaseImages,
  ) {
    this.#dockerfile = dockerfile;
    this.#spec = spec;
    this.#globals = globals;
    this.#sources = new NamedSources(dockerfile, spec, images, (stage) => this.stage(stage));
  }

  stage(stage: Stage): Promise<PlannedStage> {
    const known = this.#stages.get(stage.index);
    if (known !== undefined) return known;
    const planned = this.#plan(stage);
    this.#stages.set(stage.index, planned);
    return planned;
  }

  async #plan(stage: Stage): Promise<PlannedStage> {
    const location = locationOf(this.#dockerfile, stage.from.range);
    try {
      const from = expandFrom(stage.from, (name) => this.#globals.get(name), this.#dockerfile);
      const own = stage.instructions.map((instruction) => ({ instruction, isOnbuild: false }));
      // Started before the base is waited for: every registry is asked at once.
      const replacement = namedContext(this.#spec, from.stageName);
      const [{ base, platform, triggers, first = [] }, instructions] = await Promise.all([
        replacement === undefined
          ? this.#base(stage, from)
          : this.#contextBase(replacement, this.#platformOf(from), from.range),
        // A stage whose name is that of a named context is that context, whatever its instructions.
        replacement === undefined ? this.#withSources(own, stage) : [],
      ]);
      const parsed = (replacement === undefined ? triggers : []).map((trigger) => ({
        instruction: parseTrigger(trigger, { escape: this.#dockerfile.escape, location }),
        isOnbuild: true,
      }));
      return {
        index: stage.index,
        label: from.stageName ?? `stage-${stage.index}`,
        from,
        range: from.range,
        base,
        platform,
        instructions: [...first, ...(await this.#withSources(parsed, stage)), ...instructions],
      };
    } catch (error) {
      throw withLocation(error, location);
    }
  }

  #platformOf({ platform }: FromInstruction): Platform {
    return platform === undefined ? this.#spec.platform : parsePlatform(platform, this.#spec.buildPlatform);
  }

  async #base(stage: Stage, from: FromInstruction): Promise<FoundBase> {
    const platform = this.#platformOf(from);
    const named = namedContext(this.#spec, from.image);
    if (named !== undefined) return this.#contextBase(named, platform, from.range);
    const earlier = stageOfFrom(this.#dockerfile, from.image, stage.index);
    if (earlier !== undefined) {
      const base = await this.stage(earlier);
      return { base: { kind: 'stage', stage: base }, platform: base.platform, triggers: triggersOf(earlier) };
    }
    return this.#foundBase(await this.#sources.base(from.image, platform), platform);
  }

  #foundBase(base: ImageBase, platform: Platform): FoundBase {
    if (base.kind === 'scratch') return { base, platform: this.#spec.platform, triggers: [] };
    return { base, platform, triggers: base.image.config.config?.OnBuild ?? [] };
  }

  /** What FROM means by a named context. The files of a directory are copied into an empty tree. */
  async #contextBase(named: NamedContext, platform: Platform, range: SourceRange): Promise<FoundBase> {
    if (named.kind !== 'directory')
      return this.#foundBase(await this.#sources.contextImage(named, platform), platform);
    const location = locationOf(this.#dockerfile, range);
    const instruction = parseTrigger('COPY / /', { escape: this.#dockerfile.escape, location });
    const first = [{ instruction, isOnbuild: false, source: this.#sources.directory(named.name, range) }];
    return { base: { kind: 'scratch' }, platform: this.#spec.platform, triggers: [], first };
  }

  #withSources(
    instructions: readonly Omit<PlannedInstruction, 'source'>[],
    stage: Stage,
  ): Promise<PlannedInstruction[]> {
    return Promise.all(
      instructions.map(async (planned) => {
        const from = fromOf(planned.instruction);
        const asking = { before: stage.index, range: planned.instruction.range };
        const mountFroms = mountFromsOf(planned.instruction);
        const find = async (name: string | undefined): Promise<PlannedStage | undefined> =>
          name === undefined ? undefined : this.#sources.named(name, asking);
        try {
          if (mountFroms.some((name) => name !== undefined))
            return { ...planned, mountSources: await Promise.all(mountFroms.map(find)) };
          return from === undefined
            ? planned
            : { ...planned, source: await this.#sources.ofCopy(from, asking) };
        } catch (error) {
          throw withLocation(error, locationOf(this.#dockerfile, planned.instruction.range));
        }
      }),
    );
  }
}

/** What a stage of the same file leaves to those built on it; what it was left itself is used up. */
function triggersOf(stage: Stage): string[] {
  return stage.instructions
    .filter((instruction): instruction is OnbuildInstruction => instruction.kind === 'onbuild')
    .map(({ trigger }) => trigger);
}

/** The stages asked for and every stage they need, each after those it needs. */
function inOrder(targets: readonly PlannedStage[]): PlannedStage[] {
  const done = new Set<PlannedStage>();
  const visit = (stage: PlannedStage): void => {
    if (done.has(stage)) return;
    if (stage.base.kind === 'stage') visit(stage.base.stage);
    for (const source of stage.instructions.flatMap(sourcesOf)) visit(source);
    done.add(stage);
  };
  targets.forEach(visit);
  return [...done];
}
