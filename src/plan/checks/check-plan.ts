import { admitWarnings, locationOf, type LintWarning } from '../../dockerfile/index.ts';
import { withLocation } from '../../errors/index.ts';
import type { BuildSpec } from '../../request/index.ts';
import type { BaseImage, Plan, PlannedStage } from '../planned-stage.ts';
import { checkBasePlatform } from './base-platform.ts';
import type { ContextRules } from './expanded.ts';
import { checkInstruction } from './instruction.ts';
import { startScope, type StageScope } from './stage-scope.ts';

export interface CheckSurroundings extends ContextRules {
  readonly spec: BuildSpec;
  /** Stand-ins for images nobody could look up: what depends on them is not checked. */
  readonly unknownBases?: ReadonlySet<BaseImage> | undefined;
}

export interface CheckedPlan {
  /** What the build checks say of the stages of the plan and their bases, beyond what the file alone showed. */
  readonly warnings: readonly LintWarning[];
  /** The first instruction whose variables cannot be replaced: the build will fail on it, if it gets that far. */
  readonly error?: unknown;
}

/** Runs the build checks that need base images or the build context; nothing is executed. Never throws. */
export function checkPlan(plan: Plan, surroundings: CheckSurroundings): CheckedPlan {
  const { dockerfile, globals } = plan;
  const kit = { ...surroundings, dockerfile, globals };
  const warnings: LintWarning[] = [];
  const scopes = new Map<PlannedStage, StageScope>();
  let error: unknown;
  for (const stage of plan.stages) {
    const parent = stage.base.kind === 'stage' ? scopes.get(stage.base.stage) : undefined;
    const scope = startScope(stage, parent, surroundings.unknownBases);
    scopes.set(stage, scope);
    warnings.push(...checkBasePlatform(stage, scope));
    for (const { instruction } of stage.instructions) {
      try {
        checkInstruction(instruction, scope, kit, (...found) => warnings.push(...found));
      } catch (thrown) {
        error ??= withLocation(thrown, locationOf(dockerfile, instruction.range));
      }
    }
  }
  return { warnings: admitWarnings(warnings, dockerfile), error };
}
