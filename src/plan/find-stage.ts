import type { Dockerfile, Stage } from '../dockerfile/index.ts';
import { didYouMean, suggestIgnoringCase } from '../dockerfile/index.ts';
import { BuildError } from '../errors/index.ts';

/** The stage of this name, whatever its case, among the first `before` stages; the last of several. */
export function stageByName(dockerfile: Dockerfile, name: string, before: number): Stage | undefined {
  const wanted = name.toLowerCase();
  return dockerfile.stages
    .slice(0, before)
    .findLast(({ from }) => from.stageName !== undefined && from.stageName.toLowerCase() === wanted);
}

/** The stage that a FROM names among the first `before`: names of images have no upper case, and FROM takes none here either. */
export function stageOfFrom(dockerfile: Dockerfile, name: string, before: number): Stage | undefined {
  return name === name.toLowerCase() ? stageByName(dockerfile, name, before) : undefined;
}

/** The stage to build: the last one, or the one named by name or index. Throws DOCKERFILE_SEMANTICS for one that is not there. */
export function targetStage(dockerfile: Dockerfile, target: string | undefined): Stage {
  const stages = dockerfile.stages;
  const found =
    target === undefined || target === ''
      ? stages.at(-1)
      : (stageByName(dockerfile, target, stages.length) ??
        (/^\d+$/.test(target) ? stages[Number(target)] : undefined));
  if (found !== undefined) return found;
  const names = stages.flatMap(({ from }) => from.stageName ?? []);
  throw new BuildError(
    'DOCKERFILE_SEMANTICS',
    `target stage ${JSON.stringify(target)} could not be found${didYouMean(suggestIgnoringCase(target ?? '', names))}`,
    {
      hint:
        names.length === 0
          ? `no stage has a name; give an index from 0 to ${stages.length - 1}`
          : `the stages are ${names.join(', ')}`,
    },
  );
}
