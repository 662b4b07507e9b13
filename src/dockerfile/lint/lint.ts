import { type LintWarning } from '../instruction.ts';
import { lintCasing } from './casing.ts';
import { lintContinuations } from './continuations.ts';
import { lintDescriptions } from './descriptions.ts';
import { lintFrom } from './from.ts';
import { type LintInput } from './input.ts';
import { lintMaintainer } from './maintainer.ts';
import { lintStageNames } from './stage-names.ts';

const CHECKS: readonly ((input: LintInput) => LintWarning[])[] = [
  lintContinuations,
  lintCasing,
  lintDescriptions,
  lintMaintainer,
  lintStageNames,
  lintFrom,
];

/** All that BuildKit's build checks say of a file alone: of its stages one by one, and of its base images, others speak. */
export function lint(input: LintInput): LintWarning[] {
  return CHECKS.flatMap((check) => check(input));
}
