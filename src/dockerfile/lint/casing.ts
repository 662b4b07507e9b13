import { splitOnBlanks } from '../characters.ts';
import { type FromInstruction, type Instruction, type LintWarning } from '../instruction.ts';
import { splitLine } from '../statement.ts';
import { keywordOf, warning, type LintInput } from './input.ts';

/** StageNameCasing, FromAsCasing and ConsistentInstructionCasing. */
export function lintCasing({ stages }: LintInput): LintWarning[] {
  const froms = stages.flatMap(({ from }) => [...stageNameCasing(from), ...asCasing(from)]);
  const all = stages.flatMap(({ from, instructions }) => [from, ...instructions]);
  return [...froms, ...instructionCasing(all)];
}

function stageNameCasing(from: FromInstruction): LintWarning[] {
  const [, , name] = wordsOf(from);
  if (name === undefined || name === name.toLowerCase()) return [];
  return [warning('StageNameCasing', `Stage name '${name}' should be lowercase`, from)];
}

function asCasing(from: FromInstruction): LintWarning[] {
  const [, as] = wordsOf(from);
  const keyword = keywordOf(from);
  if (as === undefined || casingOf(keyword) === undefined || casingOf(as) === casingOf(keyword)) return [];
  return [warning('FromAsCasing', `'${as}' and '${keyword}' keywords' casing do not match`, from)];
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
    .map((instruction) => {
      const keyword = keywordOf(instruction);
      const message = `Command '${keyword}' should match the case of the command majority (${majority})`;
      return warning('ConsistentInstructionCasing', message, instruction);
    });
}

function casingOf(word: string): 'lowercase' | 'uppercase' | undefined {
  if (word === word.toLowerCase()) return 'lowercase';
  return word === word.toUpperCase() ? 'uppercase' : undefined;
}
