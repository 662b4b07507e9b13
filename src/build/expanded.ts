import { expandInstruction, type Dockerfile, type StageInstruction } from '../dockerfile/index.ts';
import type { StageState } from './stage-state.ts';

/** An instruction with its variables replaced; ARG replaces its own, because one on a line sees those before it. */
export function expanded(
  instruction: StageInstruction,
  state: StageState,
  { escape }: Dockerfile,
): StageInstruction {
  if (instruction.kind === 'arg') return instruction;
  return expandInstruction(instruction, (name) => state.env.get(name), { escape });
}
