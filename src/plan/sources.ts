import type { Dockerfile, Stage, StageInstruction } from '../dockerfile/index.ts';
import { expandWord } from '../dockerfile/index.ts';
import { BuildError } from '../errors/index.ts';
import { stageByName } from './find-stage.ts';

/** What `--from` names: an earlier stage, or else an image. */
export type SourceName =
  { readonly kind: 'stage'; readonly stage: Stage } | { readonly kind: 'image'; readonly reference: string };

/** The `--from` of a COPY; undefined where an instruction reads from no stage. */
export function fromOf(instruction: StageInstruction): string | undefined {
  return instruction.kind === 'copy' ? instruction.from : undefined;
}

/** The `from` of each `--mount` of an instruction; undefined for one that has none or, as tmpfs, no use for it. */
export function mountFromsOf(instruction: StageInstruction): (string | undefined)[] {
  if (instruction.kind !== 'run') return [];
  return instruction.mounts.map(({ options }) => {
    const from = options.get('from');
    return from === '' || options.get('type')?.toLowerCase() === 'tmpfs' ? undefined : from;
  });
}

/** What the `--from` of a COPY names: a stage by its number, or what findSource finds. */
export function findCopySource(dockerfile: Dockerfile, from: string, before: number): SourceName {
  if (/^\d+$/.test(from)) {
    const stage = dockerfile.stages[Number(from)];
    if (stage === undefined) {
      throw new BuildError('DOCKERFILE_SEMANTICS', `invalid stage index ${from}`, {
        hint: `this Dockerfile has stages 0 to ${dockerfile.stages.length - 1}`,
      });
    }
    return earlier(stage, from, before);
  }
  return findSource(dockerfile, from, before);
}

/**
 * Looks up a name: a stage before stage number `before`, or else an image reference. Throws DOCKERFILE_SEMANTICS for a
 * variable and for a stage that comes later.
 */
export function findSource(dockerfile: Dockerfile, from: string, before: number): SourceName {
  refuseVariables(from, dockerfile);
  const stage = stageByName(dockerfile, from, before);
  if (stage !== undefined) return { kind: 'stage', stage };
  const later = stageByName(dockerfile, from, dockerfile.stages.length);
  if (later !== undefined) return earlier(later, from, before);
  return { kind: 'image', reference: from };
}

function earlier(stage: Stage, from: string, before: number): SourceName {
  if (stage.index < before) return { kind: 'stage', stage };
  const what =
    stage.index === before
      ? `cannot copy from stage ${JSON.stringify(from)}, it is the current stage`
      : `cannot copy from stage ${JSON.stringify(from)}, it needs to be defined before the current stage`;
  throw new BuildError('DOCKERFILE_SEMANTICS', what, {
    hint: 'move that stage up, or copy from an earlier one',
  });
}

function refuseVariables(from: string, dockerfile: Dockerfile): void {
  if (expandWord(from, () => undefined, { escape: dockerfile.escape }) === from) return;
  throw new BuildError('DOCKERFILE_SEMANTICS', 'variable expansion is not supported for --from', {
    hint: 'define a new stage by FROM with an ARG of the global scope, and copy from that stage',
  });
}
