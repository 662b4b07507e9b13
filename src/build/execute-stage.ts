import { assertNever, withLocation } from '../errors/index.ts';
import { locationOf, type StageInstruction } from '../dockerfile/index.ts';
import { sourcesOf, type PlannedInstruction, type PlannedStage } from '../plan/index.ts';
import { Sightings } from '../context/index.ts';
import { takeOver } from './cache/take-over.ts';
import { expanded } from './expanded.ts';
import { runAdd, runCopy } from './instructions/copy.ts';
import { applyMetadata } from './instructions/metadata.ts';
import { runRun } from './instructions/run.ts';
import { runWorkdir } from './instructions/workdir.ts';
import type { BuildKit, Step } from './kit.ts';
import { existedIn, rootOf } from './stage-files.ts';
import { startStage, type StageState } from './stage-state.ts';
import type { StageTree } from './stage-tree.ts';
import { changesFiles, StepReports } from './step-reports.ts';

/** The tree of a stage, and whether it is needed from the start. */
export interface StagePlace {
  tree(parent: StageTree | undefined): StageTree;
  readonly fromStart: boolean;
}

/**
 * Builds one stage: its base's config and, where it is needed, its tree, then instruction after instruction. Errors carry
 * the place of the instruction they came from.
 */
export async function executeStage(
  stage: PlannedStage,
  place: StagePlace,
  kit: BuildKit,
): Promise<StageState> {
  const parent = stage.base.kind === 'stage' ? await kit.finished(stage.base.stage) : undefined;
  const reports = new StepReports(stage, kit.ports.reporter, () => kit.ports.now());
  const state = startStage(stage, parent, place.tree(parent?.tree));
  await atFrom(stage, kit, () => reports.from(place.fromStart, () => rootOf(state)));
  const before = kit.spec.singleSnapshot && place.fromStart ? await rootOf(state) : undefined;
  const original = before?.fork(`o${stage.index ?? 'x'}`);
  try {
    for (const planned of stage.instructions) {
      kit.ports.signal.throwIfAborted();
      await execute(planned, state, kit, reports);
    }
    if (original !== undefined) await existedIn(original, (existed) => kit.committer.finish(state, existed));
  } finally {
    // Only a stage that failed still has some: what they read from must not stay mounted.
    for (const { release } of state.unwritten) release?.();
  }
  return state;
}

/** What fails while a stage gets its base is told where the file asks for it. */
async function atFrom({ range }: PlannedStage, kit: BuildKit, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw withLocation(error, locationOf(kit.dockerfile, range));
  }
}

async function execute(
  planned: PlannedInstruction,
  state: StageState,
  kit: BuildKit,
  reports: StepReports,
): Promise<void> {
  try {
    const instruction = expanded(planned.instruction, state, kit.dockerfile);
    const record = changesFiles(instruction) ? await kit.steps?.find(planned, instruction, state) : undefined;
    if (record !== undefined) {
      takeOver(instruction, state, record, kit);
      return reports.cached(planned.instruction, record.layer?.descriptor.size);
    }
    // Waiting for another stage is no work of this step.
    for (const source of sourcesOf(planned)) await kit.finished(source);
    const started = kit.ports.now();
    const slots = state.layers.length;
    const sightings = kit.steps && new Sightings();
    await reports.step(planned.instruction, (onOutput) =>
      carryOut(instruction, state, kit, { planned, sightings, onOutput }),
    );
    kit.steps?.made(planned, state, {
      sightings,
      slot: state.layers[slots],
      time: Date.parse(state.history.at(-1)?.created ?? '') || started,
      cost: kit.ports.now() - started,
    });
  } catch (error) {
    throw withLocation(error, locationOf(kit.dockerfile, planned.instruction.range));
  }
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
      return runAdd(instruction, state, kit, step);
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
