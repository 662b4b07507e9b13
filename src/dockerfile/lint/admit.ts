import { type CheckOptions, type Dockerfile, type Instruction, type LintWarning } from '../instruction.ts';
import { ownCheckOptions } from './comments.ts';
import { LINT_RULES } from './rules.ts';

const EXPERIMENTAL = new Set(
  Object.values(LINT_RULES)
    .filter(({ experimental }) => experimental)
    .map(({ name }) => name),
);

/**
 * The warnings that the options of the file, and those in the comments above an instruction, let through, in the order
 * of their lines. `experimental` only adds, `skip` only removes.
 */
export function admitWarnings(
  warnings: readonly LintWarning[],
  dockerfile: Pick<Dockerfile, 'check' | 'metaArgs' | 'stages'>,
): LintWarning[] {
  const own = ownOptions(dockerfile);
  return warnings
    .filter(({ rule, range }) => {
      const options = [dockerfile.check, own(range.startLine)].filter((found) => found !== undefined);
      return EXPERIMENTAL.has(rule)
        ? options.some(({ experimental }) => names(experimental, rule))
        : !options.some(({ skip }) => names(skip, rule));
    })
    .sort((a, b) => a.range.startLine - b.range.startLine);
}

function names(rules: CheckOptions['skip'], rule: string): boolean {
  return rules === 'all' || rules.has(rule);
}

/** Finds what the comments of the instruction that a line belongs to ask for. */
function ownOptions({
  metaArgs,
  stages,
}: Pick<Dockerfile, 'metaArgs' | 'stages'>): (line: number) => CheckOptions | undefined {
  const all: readonly Instruction[] = [
    ...metaArgs,
    ...stages.flatMap(({ from, instructions }) => [from, ...instructions]),
  ];
  const asked = all.flatMap((instruction) => {
    const options = ownCheckOptions(instruction);
    return options === undefined ? [] : [{ options, range: instruction.range }];
  });
  return (line) => asked.find(({ range }) => range.startLine <= line && line <= range.endLine)?.options;
}
