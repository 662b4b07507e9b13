import { type LintWarning } from '../instruction.ts';
import { type LintInput } from './input.ts';
import { LINT_RULES } from './rules.ts';
import { lintWarning } from './warning.ts';

/** NoEmptyContinuation: a blank line among the lines of one instruction. */
export function lintContinuations({ statements }: LintInput): LintWarning[] {
  return statements.flatMap(({ emptyContinuationLine: line }) => {
    if (line === undefined) return [];
    const range = { startLine: line, startColumn: 1, endLine: line, endColumn: 1 };
    return [lintWarning(LINT_RULES.noEmptyContinuation, { range })];
  });
}
