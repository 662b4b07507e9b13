import { type ArgInstruction, type FromInstruction, type LintWarning } from '../instruction.ts';
import { descriptionsOf } from './comments.ts';
import { type LintInput } from './input.ts';
import { LINT_RULES } from './rules.ts';
import { lintWarning } from './warning.ts';

/** InvalidDefinitionDescription: the comment straight above an ARG or a named stage that describes something else. */
export function lintDescriptions({ metaArgs, stages }: LintInput): LintWarning[] {
  const args = [...metaArgs, ...stages.flatMap(({ instructions }) => instructions)].filter(
    (instruction) => instruction.kind === 'arg',
  );
  return [
    ...args.flatMap((arg) =>
      lintComment(
        'ARG',
        arg.args.map(({ name }) => name),
        arg,
      ),
    ),
    ...stages.flatMap(({ from }) =>
      from.stageName === undefined ? [] : lintComment('FROM', [from.stageName], from),
    ),
  ];
}

function lintComment(
  keyword: string,
  names: readonly string[],
  instruction: ArgInstruction | FromInstruction,
): LintWarning[] {
  const [described] = descriptionsOf(instruction).at(-1)?.split(' ') ?? [];
  if (described === undefined || names.includes(described)) return [];
  const example = names.length > 1 ? '<arg_key>' : (names[0] ?? '');
  return [lintWarning(LINT_RULES.invalidDefinitionDescription, instruction, keyword, example)];
}
