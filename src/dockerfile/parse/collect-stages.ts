import {
  type ArgInstruction,
  type Dockerfile,
  type FromInstruction,
  type Instruction,
  type SourceRange,
  type StageInstruction,
} from '../instruction.ts';
import { syntaxError } from '../source-location.ts';

interface OpenStage {
  readonly index: number;
  readonly from: FromInstruction;
  readonly instructions: StageInstruction[];
}

/**
 * The instructions sorted into stages; ARGs before the first FROM stand apart. Throws DOCKERFILE_SYNTAX
 * for any other instruction before the first FROM, located by `located`.
 */
export function collectStages(
  instructions: readonly Instruction[],
  located: <T>(range: SourceRange, work: () => T) => T,
): Pick<Dockerfile, 'metaArgs' | 'stages'> {
  const metaArgs: ArgInstruction[] = [];
  const stages: OpenStage[] = [];
  for (const instruction of instructions) {
    const stage = stages.at(-1);
    if (instruction.kind === 'from') {
      stages.push({ index: stages.length, from: instruction, instructions: [] });
    } else if (stage !== undefined) stage.instructions.push(instruction);
    else if (instruction.kind === 'arg') metaArgs.push(instruction);
    else located(instruction.range, () => refuseBeforeFrom(instruction));
  }
  return { metaArgs, stages };
}

function refuseBeforeFrom(instruction: StageInstruction): never {
  throw syntaxError(
    'no build stage in current context',
    `${instruction.kind.toUpperCase()} belongs after a FROM; only ARG may come before the first one`,
  );
}
