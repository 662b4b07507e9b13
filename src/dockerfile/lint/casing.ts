import { splitOnBlanks } from '../characters.ts';
import { type FromInstruction, type Instruction, type LintWarning } from '../instruction.ts';
import { splitLine } from '../statement.ts';
import { keywordOf, type LintInput } from './input.ts';
import { LINT_RULES } from './rules.ts';
import { lintWarning } from './warning.ts';

/** StageNameCasing, FromAsCasing and ConsistentInstructionCasing. */
export function lintCasing({ stages }: LintInput): LintWarning[] {
  const froms = stages.flatMap(({ from }) => [...stageNameCasing(from), ...asCasing(from)]);
  const all = stages.flatMap(({ from, instructions }) => [from, ...instructions]);
  return [...froms, ...instructionCasing(all)];
}

function stageNameCasing(from: FromInstruction): LintWarning[] {
  const [, , name] = wordsOf(from);
  if (name === undefined || name === name.toLowerCase()) return [];
  return [lintWarning(LINT_RULES.stageNameCasing, from, name)];
}

function asCasing(from: FromInstruction): LintWarning[] {
  const [, as] = wordsOf(from);
  const keyword = keywordOf(from);
  if (as === undefined || casingOf(keyword) === undefined || casingOf(as) === casingOf(keyword)) return [];
  return [lintWarning(LINT_RULES.fromAsCasing, from, keyword, as)];
}

/** The arguments of a FROM as written; the node has the stage's name in lower case only. */
function wordsOf(from: FromInstruction): string[] {
  return splitOnBlanks(splitLine(from.original, '\\').rest);
}

function instructionCasing(instructions: readonly Instruction[]): LintWarning[] {
  const casings = instructions.map((instruction) => casingOf(keywordOf(instruction)));
  const lower = casings.filter((casing) => casing === 'lowercase').length;
  const upper = casings.filter((casing) => casing === 'uppercase').length;
  const majority = lower > upper ? 'lowercase' : 'uppercase';
  return instructions
    .filter((_, index) => casings[index] !== majority)
    .map((instruction) =>
      lintWarning(LINT_RULES.consistentInstructionCasing, instruction, keywordOf(instruction), majority),
    );
}

function casingOf(word: string): 'lowercase' | 'uppercase' | undefined {
  if (word === word.toLowerCase()) return 'lowercase';
  return word === word.toUpperCase() ? 'uppercase' : undefined;
}
