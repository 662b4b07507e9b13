import type { Foresight, ForeseenStep } from '../../build/index.ts';
import { changedParts, nearestStep, type CacheRecord, type StepRecord } from '../../cache/index.ts';
import type { Plan, PlannedInstruction } from '../../plan/index.ts';

/** What a build would find for one instruction that may change files. */
export interface ExplainedStep {
  readonly step: string;
  /** Where it stands in the Dockerfile; undefined for triggers of a base image. */
  readonly line: number | undefined;
  readonly instruction: string;
  /** `unwanted`: the build would not take it. `unknown`: its key cannot be told, for instance as a source is not there. */
  readonly state: 'hit' | 'miss' | 'unwanted' | 'unknown';
  readonly key: string | undefined;
  /** What a hit saves: bytes of its layer, and the milliseconds it took to make. */
  readonly bytes: number;
  readonly milliseconds: number;
  /** Of a miss: what of its key is not as in the nearest earlier entry. */
  readonly changed: readonly string[];
  /** That entry. */
  readonly nearest: StepRecord | undefined;
}

/** Instructions that have a layer of their own. */
const WITH_LAYER: readonly string[] = ['run', 'copy', 'add', 'workdir'];

/** The steps of a plan, in its order, with what the cache has for each; `known` is all it holds, also what is too old. */
export function explainSteps(
  plan: Plan,
  foresight: Foresight,
  known: readonly CacheRecord[],
): readonly ExplainedStep[] {
  const steps = known.filter((record) => record.kind === 'step');
  return plan.stages.flatMap(({ label, instructions }) =>
    instructions
      .filter(({ instruction }) => WITH_LAYER.includes(instruction.kind))
      .map((planned, at) => {
        const name = `${label} ${at + 1} ${planned.instruction.kind.toUpperCase()}`;
        return { ...placeOf(planned), ...findingOf(name, foresight.get(planned), steps) };
      }),
  );
}

function placeOf({ instruction, isOnbuild }: PlannedInstruction) {
  return { line: isOnbuild ? undefined : instruction.range.startLine, instruction: instruction.original };
}

function findingOf(
  name: string,
  step: ForeseenStep | undefined,
  known: readonly StepRecord[],
): Omit<ExplainedStep, 'line' | 'instruction'> {
  const nothing = { key: step?.key, bytes: 0, milliseconds: 0, changed: [], nearest: undefined };
  if (step?.key === undefined) return { ...nothing, step: step?.name ?? name, state: 'unknown' };
  const { record, key } = step;
  if (record !== undefined) {
    const bytes = record.layer?.descriptor.size ?? 0;
    return { ...nothing, step: step.name, state: 'hit', bytes, milliseconds: record.cost };
  }
  if (!step.use.take) return { ...nothing, step: step.name, state: 'unwanted' };
  const old = known.find((one) => one.key === key);
  const nearest = old ?? nearestStep(step, known);
  const changed = old === undefined ? changedParts(step.parts, nearest) : ['it is older than cache-ttl'];
  return { ...nothing, step: step.name, state: 'miss', changed, nearest };
}
