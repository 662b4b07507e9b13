import { type LintWarning } from '../instruction.ts';
import { type LintInput } from './input.ts';
import { LINT_RULES } from './rules.ts';
import { lintWarning } from './warning.ts';

const RESERVED = new Set(['context', 'scratch']);

/** ReservedStageName and DuplicateStageName. */
export function lintStageNames({ stages }: LintInput): LintWarning[] {
  const seen = new Set<string>();
  return stages.flatMap(({ from }) => {
    const { stageName } = from;
    if (stageName === undefined) return [];
    const warnings: LintWarning[] = [];
    if (RESERVED.has(stageName)) {
      warnings.push(lintWarning(LINT_RULES.reservedStageName, from, stageName));
    }
    if (seen.has(stageName)) {
      warnings.push(lintWarning(LINT_RULES.duplicateStageName, from, stageName));
    }
    seen.add(stageName);
    return warnings;
  });
}
