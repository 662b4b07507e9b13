import { assertNever, withLocation } from '../errors/index.ts';
import { expandInstruction, locationOf, type StageInstruction } from '../dockerfile/index.ts';
import { sourcesOf, type PlannedInstruction, type PlannedStage } from '../plan/index.ts';
import type { StageRoot } from '../snapshot/index.ts';
import { runAdd, runCopy } from './instructions/copy.ts';
import { applyMetadata } from './instructions/metadata.ts';
import { runRun } from './instructions/run.ts';
import { runWorkdir } from './instructions/workdir.ts';
import type { BuildKit, Step } from './kit.ts';
import { existedIn } from './stage-files.ts';
import { startStage, type StageState } from './stage-state.ts';
import { StepReports } from './step-reports.ts';

/**
 * Builds one stage: its base's tree and config, then instruction after instruction. Errors carry the place of the
 * instruction they came from.
 */
export async function executeStage(
  stage: PlannedStage,
  openRoot: (parent: StageRoot | undefined) => Promise<StageRoot | undefined>,
  kit: BuildKit,
): Promise<StageState> {
  const parent = stage.base.kind === 'stage' ? await kit.finished(stage.base.stage) : undefined;
  const reports = new StepReports(stage, kit.ports.reporter, () => kit.ports.now());
  const root = await atFrom(stage, kit, () => reports.from(() => openRoot(parent?.root)));
  const state = startStage(stage, parent, root);
  const before = kit.spec.singleSnapshot ? root?.fork(`o${stage.index ?? 'x'}`) : undefined;
  try {
    for (const planned of stage.instructions) {
      kit.ports.signal.throwIfAborted();
      await execute(planned, state, kit, reports);
    }
    if (before !== undefined) await existedIn(before, (existed) => kit.committer.finish(state, existed));
  } finally {
    // Only a stage that failed still has some: what they read from must not stay mounted.
    for (const { release } of state.unwritten) release?.();
  }
  return state;
}

/** What fails while a stage gets its base is told at its FROM; an image that only `--from` names has none. */
async function atFrom<T>({ from }: PlannedStage, kit: BuildKit, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw from === undefined ? error : withLocation(error, locationOf(kit.dockerfile, from.range));
  }
}

async function execute(
  planned: PlannedInstruction,
  state: StageState,
  kit: BuildKit,
  reports: StepReports,
): Promise<void> {
  try {
    // Waiting for another stage is no work of this step.
    for (const source of sourcesOf(planned)) await kit.finished(source);
    const instruction = expanded(planned.instruction, state, kit);
    await reports.step(planned.instruction, (onOutput) =>
      carryOut(instruction, state, kit, { planned, onOutput }),
    );
  } catch (error) {
    throw withLocation(error, locationOf(kit.dockerfile, planned.instruction.range));
  }
}

/** With its variables replaced; ARG replaces its own, because one on a line sees those before it. */
function expanded(instruction: StageInstruction, state: StageState, kit: BuildKit): StageInstruction {
  if (instruction.kind === 'arg') return instruction;
  return expandInstruction(instruction, (name) => state.env.get(name), { escape: kit.dockerfile.escape });
}

function carryOut(
  instruction: StageInstruction,
  state: StageState,
  kit: BuildKit,
  step: Step,
): Promise<void> | void {
  switch (instruction.kind) {
    case 'run':
      return runRun(instruction, state, kit, step);
    case 'copy':
      return runCopy(instruction, state, kit, step);
    case 'add':
      return runAdd(instruction, state, kit);
    case 'workdir':
      return runWorkdir(instruction, state, kit);
    case 'arg':
    case 'env':
    case 'label':
    case 'cmd':
    case 'entrypoint':
    case 'expose':
    case 'volume':
    case 'user':
    case 'stopsignal':
    case 'maintainer':
    case 'shell':
    case 'healthcheck':
    case 'onbuild':
      return applyMetadata(instruction, state, kit);
    default:
      return assertNever(instruction);
  }
}
