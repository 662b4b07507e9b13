import { keyOf, type CacheKey, type KeyPart, type StepRecord } from '../../cache/index.ts';
import { digestOf } from '../../oci/index.ts';
import type { BuildSpec } from '../../request/index.ts';
import type { Plan, PlannedInstruction } from '../../plan/index.ts';

/** What is known of an instruction that may change files before it is carried out. */
export interface ForeseenStep {
  /** The same for the same place in another build of the file: what `explain` compares. */
  readonly name: string;
  /** What its key is made of, without what comes before it in its stage. */
  readonly parts: readonly KeyPart[];
  /** Of the text of the Dockerfile it was read from. */
  readonly dockerfile: string;
  /** How the files of contexts looked when their contents were read for `parts`; undefined where it reads none. */
  readonly seen?: string | undefined;
  /** The stage or image it copies from, where it does: by how that was made. */
  readonly from?: KeyPart | undefined;
  /** Nothing of the tree before it plays a part (`--link`). */
  readonly linked: boolean;
  /** Whether results of earlier builds may be taken, and whether this one's is kept. */
  readonly use: { readonly take: boolean; readonly keep: boolean };
  /** The key by how all before it was made; undefined where it cannot be told before. */
  readonly key?: CacheKey | undefined;
  /** The result of an earlier build. */
  readonly record?: StepRecord | undefined;
}

/** What is known of the steps of a plan before any is carried out. */
export type Foresight = ReadonlyMap<PlannedInstruction, ForeseenStep>;

/** Where a stage stands: by how it was made, and by what was copied into it; undefined where that is not known. */
export interface StageChain {
  readonly key: CacheKey | undefined;
  readonly content: CacheKey | undefined;
}

/** The key of a step after what `parent` stands for; `from` says what it copies. */
export function stepKey(
  parent: CacheKey | undefined,
  { parts, linked }: Pick<ForeseenStep, 'parts' | 'linked'>,
  from: readonly KeyPart[],
): CacheKey | undefined {
  if (linked) return keyOf([...parts, ...from]);
  return parent === undefined ? undefined : keyOf(stepParts(parent, { parts, linked }, from));
}

/** What the key of a step is made of, in order. */
export function stepParts(
  parent: CacheKey | undefined,
  { parts, linked }: Pick<ForeseenStep, 'parts' | 'linked'>,
  from: readonly KeyPart[],
): readonly KeyPart[] {
  return linked || parent === undefined ? [...parts, ...from] : [['parent', parent], ...parts, ...from];
}

/** What stands for a stage after a step with this key. */
export function chainAfter(
  parent: CacheKey | undefined,
  { linked }: Pick<ForeseenStep, 'linked'>,
  key: CacheKey | undefined,
): CacheKey | undefined {
  if (!linked || key === undefined) return key;
  return parent === undefined
    ? undefined
    : keyOf([
        ['parent', parent],
        ['linked', key],
      ]);
}

/** Whether a build takes a result: one that lacks owners is none where they are to be complete. */
export function isTaken(
  record: StepRecord,
  { strictOwnership }: Pick<BuildSpec, 'strictOwnership'>,
): boolean {
  return strictOwnership !== true || record.ownersLost !== true;
}

/** Steps by their places in a plan, for the process that carries it out. */
export type PlacedSteps = readonly (readonly [stage: number, instruction: number, step: ForeseenStep])[];

export function placedSteps(plan: Plan, foresight: Foresight): PlacedSteps {
  return plan.stages.flatMap(({ instructions }, stage) =>
    instructions.flatMap((planned, at) => {
      const step = foresight.get(planned);
      return step === undefined ? [] : [[stage, at, step] as const];
    }),
  );
}

/** The same steps in another reading of the plan; none where the Dockerfile is another by now. */
export function foresightOf(plan: Plan, steps: PlacedSteps): Foresight {
  const digest = digestOf(plan.dockerfile.text);
  return new Map(
    steps.flatMap(([stage, at, step]) => {
      const planned = step.dockerfile === digest ? plan.stages[stage]?.instructions[at] : undefined;
      return planned === undefined ? [] : [[planned, step] as const];
    }),
  );
}
