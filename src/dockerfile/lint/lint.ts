import { type CheckOptions, type LintWarning } from '../instruction.ts';
import { lintCasing } from './casing.ts';
import { lintContinuations } from './continuations.ts';
import { lintExpose } from './expose.ts';
import { lintFrom } from './from.ts';
import { type LintInput } from './input.ts';
import { lintInstructions } from './instructions.ts';
import { lintShellForm } from './shell-form.ts';
import { lintStageNames } from './stage-names.ts';

const RULES: readonly ((input: LintInput) => LintWarning[])[] = [
  lintContinuations,
  lintCasing,
  lintStageNames,
  lintFrom,
  lintInstructions,
  lintShellForm,
  lintExpose,
];

/**
 * What BuildKit's build checks say of a file, in the order of its lines: the rules that need neither the
 * base images nor the build's arguments, without those in `skip`.
 */
export function lint(input: LintInput & { readonly skip: CheckOptions['skip'] }): LintWarning[] {
  const { skip } = input;
  if (skip === 'all') return [];
  return RULES.flatMap((rule) => rule(input))
    .filter(({ rule }) => !skip.has(rule))
    .sort((a, b) => a.range.startLine - b.range.startLine);
}
