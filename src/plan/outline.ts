import type { SourceRange } from '../dockerfile/index.ts';
import type { BuildSpec } from '../request/index.ts';
import {
  globalArgs,
  outlineStage,
  type OutlineArg,
  type OutlineMount,
  type StageOutline,
} from './outline-stage.ts';
import { startScope, type StageScope } from './checks/stage-scope.ts';
import { sourcesOf, type Plan, type PlannedStage } from './planned-stage.ts';

/** What a build of the target can be given, each in the order of the file. */
export interface Outline {
  readonly args: readonly OutlineArg[];
  readonly secrets: readonly OutlineMount[];
  readonly ssh: readonly OutlineMount[];
}

/** The outline of a plan's target and of all it is made from. Throws as the build would where variables cannot be replaced. */
export function outlineOf(plan: Plan, spec: BuildSpec): Outline {
  const globals = globalArgs(plan, spec);
  const scopes = new Map<PlannedStage, StageScope>();
  const outlines = new Map<PlannedStage, StageOutline>();
  for (const stage of plan.stages) {
    const parent = stage.base.kind === 'stage' ? stage.base.stage : undefined;
    const scope = startScope(stage, parent && scopes.get(parent), undefined);
    scopes.set(stage, scope);
    outlines.set(stage, outlineStage(stage, scope, { plan, spec, globals }, parent && outlines.get(parent)));
  }
  const reached = reachedFrom(plan.target).flatMap((stage) => outlines.get(stage) ?? []);
  return {
    args: merged(reached.map(({ args }) => args)),
    secrets: merged(reached.map(({ secrets }) => secrets)),
    ssh: merged(reached.map(({ ssh }) => ssh)),
  };
}

/** The stage, what it is based on and what it reads from; each once. */
function reachedFrom(target: PlannedStage): PlannedStage[] {
  const reached = new Set<PlannedStage>();
  const visit = (stage: PlannedStage): void => {
    if (reached.has(stage)) return;
    reached.add(stage);
    if (stage.base.kind === 'stage') visit(stage.base.stage);
    stage.instructions.flatMap(sourcesOf).forEach(visit);
  };
  visit(target);
  return [...reached];
}

/** The first of each name, in the order of the file. */
function merged<T extends { readonly name: string; readonly range: SourceRange }>(
  lists: readonly (readonly T[])[],
): T[] {
  const byName = new Map<string, T>();
  for (const item of lists.flat()) if (!byName.has(item.name)) byName.set(item.name, item);
  return [...byName.values()].sort((a, b) => a.range.startLine - b.range.startLine);
}
