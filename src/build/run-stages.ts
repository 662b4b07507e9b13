import type { Plan, PlannedStage } from '../plan/index.ts';
import type { StageState } from './stage-state.ts';

/**
 * Runs the stages of a plan side by side, each as soon as those it asks for are finished. `run` is given a function
 * that waits for another stage. Once one fails, `abort` is called, the others are waited for, and the first error is
 * thrown: nothing goes on when this returns.
 */
export async function runStages(
  plan: Plan,
  run: (stage: PlannedStage, finished: (stage: PlannedStage) => Promise<StageState>) => Promise<StageState>,
  abort: () => void,
): Promise<StageState> {
  const running = new Map<PlannedStage, Promise<StageState>>();
  let failed: { readonly error: unknown } | undefined;
  const start = (stage: PlannedStage): Promise<StageState> => {
    const known = running.get(stage);
    if (known !== undefined) return known;
    const promise = run(stage, start).catch((error: unknown) => {
      failed ??= { error };
      abort();
      throw error;
    });
    running.set(stage, promise);
    return promise;
  };
  await Promise.allSettled(plan.stages.map(start));
  if (failed !== undefined) throw failed.error;
  return start(plan.target);
}
