import { quote } from '../characters.ts';
import { type LintWarning } from '../instruction.ts';
import { warning, type LintInput } from './input.ts';

const RESERVED = new Set(['context', 'scratch']);

/** ReservedStageName and DuplicateStageName. */
export function lintStageNames({ stages }: LintInput): LintWarning[] {
  const seen = new Set<string>();
  return stages.flatMap(({ from }) => {
    const { stageName } = from;
    if (stageName === undefined) return [];
    const warnings: LintWarning[] = [];
    if (RESERVED.has(stageName)) {
      const message = `Stage name should not use the same name as reserved stage ${quote(stageName)}`;
      warnings.push(warning('ReservedStageName', message, from));
    }
    if (seen.has(stageName)) {
      const message = `Duplicate stage name ${quote(stageName)}, stage names should be unique`;
      warnings.push(warning('DuplicateStageName', message, from));
    }
    seen.add(stageName);
    return warnings;
  });
}
