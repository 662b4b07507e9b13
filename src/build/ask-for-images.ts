import { planAllStages, type BaseImages } from '../plan/index.ts';
import type { BuildSpec } from '../request/index.ts';
import { readAndParse } from './checks/read-checked.ts';

/** Asks for every image that a build of any stage of a Dockerfile needs. Throws what planning throws. */
export async function askForImages(spec: BuildSpec, images: BaseImages): Promise<void> {
  await planAllStages(readAndParse(spec), spec, images);
}
