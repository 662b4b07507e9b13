import { type LintWarning } from '../instruction.ts';
import { type LintInput } from './input.ts';
import { LINT_RULES } from './rules.ts';
import { lintWarning } from './warning.ts';

/** MaintainerDeprecated. */
export function lintMaintainer({ stages }: LintInput): LintWarning[] {
  return stages
    .flatMap(({ instructions }) => instructions)
    .filter(({ kind }) => kind === 'maintainer')
    .map((instruction) => lintWarning(LINT_RULES.maintainerDeprecated, instruction));
}
