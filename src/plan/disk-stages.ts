import { sourcesOf, type Plan, type PlannedStage } from './planned-stage.ts';

/**
 * The stages whose files must lie on disk: those that run something, those that others copy or mount from, and what these are
 * based on. All others are built from tar headers alone.
 */
export function stagesOnDisk(plan: Plan): ReadonlySet<PlannedStage> {
  const onDisk = new Set<PlannedStage>();
  const add = (stage: PlannedStage): void => {
    onDisk.add(stage);
    if (stage.base.kind === 'stage') add(stage.base.stage);
  };
  for (const stage of plan.stages) {
    if (stage.instructions.some(({ instruction }) => instruction.kind === 'run')) add(stage);
    for (const source of stage.instructions.flatMap(sourcesOf)) add(source);
  }
  // A tree that is on disk already serves those built on it best.
  for (const stage of plan.stages) {
    if (stage.base.kind === 'stage' && onDisk.has(stage.base.stage)) onDisk.add(stage);
  }
  return onDisk;
}

/** Whether a stage can change files at all. */
export function changesFiles(stage: PlannedStage): boolean {
  return stage.instructions.some(({ instruction }) =>
    ['run', 'copy', 'add', 'workdir'].includes(instruction.kind),
  );
}
