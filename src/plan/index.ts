/** From a parsed Dockerfile to the stages that have to be built, and what each needs. No file of an image is touched here. */
export type { BaseImages } from './base-images.ts';
export { changesFiles, needsOf } from './needs.ts';
export type { Needs } from './needs.ts';
export { givenArg } from './given-arg.ts';
export { checkPlan } from './checks/check-plan.ts';
export { checkDefaultBases } from './checks/default-bases.ts';
export type { CheckedPlan, CheckSurroundings } from './checks/check-plan.ts';
export { outlineOf } from './outline.ts';
export type { Outline } from './outline.ts';
export type { OutlineArg, OutlineMount } from './outline-stage.ts';
export { planAllStages, planBuild } from './plan-build.ts';
export { sourcesOf } from './planned-stage.ts';
export type { BaseImage, Plan, PlannedInstruction, PlannedStage, StageBase } from './planned-stage.ts';
