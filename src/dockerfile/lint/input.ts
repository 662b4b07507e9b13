import { type Dockerfile, type Instruction } from '../instruction.ts';
import { type Statement } from '../statement.ts';

/** A parsed file as the rules see it. */
export interface LintInput extends Pick<Dockerfile, 'metaArgs' | 'stages'> {
  readonly statements: readonly Statement[];
}

/** The instruction's keyword as it is written in the file. */
export function keywordOf(instruction: Instruction): string {
  return instruction.keyword ?? instruction.kind.toUpperCase();
}
