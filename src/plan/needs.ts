import { sourcesOf, type Plan, type PlannedInstruction, type PlannedStage } from './planned-stage.ts';

/** What a build has to make, given what is done already. */
export interface Needs {
  /** The stages that have a part in the targets, in the order of the plan. */
  readonly stages: readonly PlannedStage[];
  /**
   * Those whose files must lie on disk: they run something, or others copy or mount from them, or are based on such a
   * one. All others are built from tar headers alone.
   */
  readonly onDisk: ReadonlySet<PlannedStage>;
  /** Those whose tree is needed before anything of theirs is done. */
  readonly fromStart: ReadonlySet<PlannedStage>;
  /** Whether anything has to be run. */
  readonly runs: boolean;
}

/** What has to be made of a plan. Instructions that are done need neither their stage's tree nor what they read from. */
export function needsOf(plan: Plan, isDone: (planned: PlannedInstruction) => boolean = () => false): Needs {
  const open = (stage: PlannedStage): PlannedInstruction[] =>
    stage.instructions.filter((planned) => changes(planned) && !isDone(planned));
  const stages = neededStages(plan, open);
  const read = new Set(stages.flatMap((stage) => open(stage).flatMap(sourcesOf)));
  const runs = stages.filter((stage) => open(stage).some(({ instruction }) => instruction.kind === 'run'));
  const begun = stages.filter((stage) => {
    const first = stage.instructions.find(changes);
    return first === undefined ? read.has(stage) : !isDone(first);
  });
  return {
    stages,
    onDisk: onDisk(stages, [...runs, ...read]),
    fromStart: new Set(begun),
    runs: runs.length > 0,
  };
}

/** Whether a stage can change files at all. */
export function changesFiles(stage: PlannedStage): boolean {
  return stage.instructions.some(changes);
}

function changes({ instruction }: PlannedInstruction): boolean {
  return ['run', 'copy', 'add', 'workdir'].includes(instruction.kind);
}

function neededStages(
  { stages, targets }: Plan,
  open: (stage: PlannedStage) => readonly PlannedInstruction[],
): PlannedStage[] {
  const needed = new Set<PlannedStage>();
  const need = (stage: PlannedStage): void => {
    if (needed.has(stage)) return;
    needed.add(stage);
    if (stage.base.kind === 'stage') need(stage.base.stage);
    for (const source of open(stage).flatMap(sourcesOf)) need(source);
  };
  targets.forEach(need);
  return stages.filter((stage) => needed.has(stage));
}

function onDisk(stages: readonly PlannedStage[], first: readonly PlannedStage[]): ReadonlySet<PlannedStage> {
  const found = new Set<PlannedStage>();
  const add = (stage: PlannedStage): void => {
    found.add(stage);
    if (stage.base.kind === 'stage') add(stage.base.stage);
  };
  first.forEach(add);
  // A tree that is on disk already serves those built on it best.
  for (const stage of stages) {
    if (stage.base.kind === 'stage' && found.has(stage.base.stage)) found.add(stage);
  }
  return found;
}
