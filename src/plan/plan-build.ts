import { expandFrom, locationOf, parseTrigger } from '../dockerfile/index.ts';
import type { Dockerfile, FromInstruction, OnbuildInstruction, Stage } from '../dockerfile/index.ts';
import { withLocation } from '../errors/index.ts';
import { parsePlatform, type Platform } from '../oci/index.ts';
import type { BuildSpec } from '../request/index.ts';
import { rememberImages, type BaseImages } from './base-images.ts';
import { stageByName, targetStage } from './find-stage.ts';
import { globalScope } from './global-scope.ts';
import {
  sourcesOf,
  type Plan,
  type PlannedInstruction,
  type PlannedStage,
  type StageBase,
} from './planned-stage.ts';
import { findSource, fromOf, mountFromsOf } from './sources.ts';

/**
 * What has to be built for the target: only the stages it needs, their bases resolved (all at the same time), triggers
 * of bases put in front. Throws DOCKERFILE_SEMANTICS with the place for stages that are not there, and what resolving
 * an image throws.
 */
export async function planBuild(dockerfile: Dockerfile, spec: BuildSpec, images: BaseImages): Promise<Plan> {
  const target = targetStage(dockerfile, spec.target);
  const globals = globalScope(dockerfile, spec);
  const planner = new Planner(dockerfile, spec, globals, rememberImages(images));
  const planned = await planner.stage(target);
  return { dockerfile, target: planned, stages: inOrder(planned), globals };
}

class Planner {
  readonly #dockerfile: Dockerfile;
  readonly #spec: BuildSpec;
  readonly #globals: ReadonlyMap<string, string>;
  readonly #images: BaseImages;
  readonly #stages = new Map<number, Promise<PlannedStage>>();
  readonly #sourceImages = new Map<string, Promise<PlannedStage>>();

  constructor(
    dockerfile: Dockerfile,
    spec: BuildSpec,
    globals: ReadonlyMap<string, string>,
    images: BaseImages,
  ) {
    this.#dockerfile = dockerfile;
    this.#spec = spec;
    this.#globals = globals;
    this.#images = images;
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
      const [{ base, platform, triggers }, instructions] = await Promise.all([
        this.#base(stage, from),
        this.#withSources(own, stage),
      ]);
      const parsed = triggers.map((trigger) => ({
        instruction: parseTrigger(trigger, { escape: this.#dockerfile.escape, location }),
        isOnbuild: true,
      }));
      return {
        index: stage.index,
        label: from.stageName ?? `stage-${stage.index}`,
        from,
        base,
        platform,
        instructions: [...(await this.#withSources(parsed, stage)), ...instructions],
      };
    } catch (error) {
      throw withLocation(error, location);
    }
  }

  async #base(
    stage: Stage,
    from: FromInstruction,
  ): Promise<{ base: StageBase; platform: Platform; triggers: readonly string[] }> {
    const platform = from.platform === undefined ? this.#spec.platform : parsePlatform(from.platform);
    const earlier = stageByName(this.#dockerfile, from.image, stage.index);
    if (earlier !== undefined) {
      const base = await this.stage(earlier);
      return { base: { kind: 'stage', stage: base }, platform: base.platform, triggers: triggersOf(earlier) };
    }
    const base = await this.#baseOf(from.image, platform);
    if (base.kind === 'scratch') return { base, platform: this.#spec.platform, triggers: [] };
    return { base, platform, triggers: base.image.config.config?.OnBuild ?? [] };
  }

  async #baseOf(name: string, platform: Platform): Promise<Exclude<StageBase, { kind: 'stage' }>> {
    if (name === 'scratch') return { kind: 'scratch' };
    return { kind: 'image', image: await this.#images.resolve(name, platform) };
  }

  #withSources(
    instructions: readonly Omit<PlannedInstruction, 'source'>[],
    stage: Stage,
  ): Promise<PlannedInstruction[]> {
    return Promise.all(
      instructions.map(async (planned) => {
        const from = fromOf(planned.instruction);
        const mountFroms = mountFromsOf(planned.instruction);
        const find = (name: string | undefined): Promise<PlannedStage> | undefined =>
          name === undefined ? undefined : this.#source(name, stage.index);
        try {
          if (mountFroms.some((name) => name !== undefined))
            return { ...planned, mountSources: await Promise.all(mountFroms.map(find)) };
          return from === undefined ? planned : { ...planned, source: await find(from) };
        } catch (error) {
          throw withLocation(error, locationOf(this.#dockerfile, planned.instruction.range));
        }
      }),
    );
  }

  #source(from: string, before: number): Promise<PlannedStage> {
    const found = findSource(this.#dockerfile, from, before);
    return found.kind === 'stage' ? this.stage(found.stage) : this.#sourceImage(found.reference);
  }

  #sourceImage(reference: string): Promise<PlannedStage> {
    const known = this.#sourceImages.get(reference);
    if (known !== undefined) return known;
    const { platform } = this.#spec;
    const planned = this.#baseOf(reference, platform).then((base): PlannedStage => ({
      index: undefined,
      label: reference,
      from: undefined,
      base,
      platform,
      instructions: [],
    }));
    this.#sourceImages.set(reference, planned);
    return planned;
  }
}

/** What a stage of the same file leaves to those built on it; what it was left itself is used up. */
function triggersOf(stage: Stage): string[] {
  return stage.instructions
    .filter((instruction): instruction is OnbuildInstruction => instruction.kind === 'onbuild')
    .map(({ trigger }) => trigger);
}

/** Every stage that is needed, each after those it needs. */
function inOrder(target: PlannedStage): PlannedStage[] {
  const done = new Set<PlannedStage>();
  const visit = (stage: PlannedStage): void => {
    if (done.has(stage)) return;
    if (stage.base.kind === 'stage') visit(stage.base.stage);
    for (const source of stage.instructions.flatMap(sourcesOf)) visit(source);
    done.add(stage);
  };
  visit(target);
  return [...done];
}
