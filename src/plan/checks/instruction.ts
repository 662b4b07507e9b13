import {
  didYouMean,
  LINT_RULES,
  lintWarning,
  suggest,
  type LintWarning,
  type StageInstruction,
} from '../../dockerfile/index.ts';
import { advance, type AdvanceKit } from './advance.ts';
import { checkExpanded, type ContextRules } from './expanded.ts';
import type { StageScope } from './stage-scope.ts';
import { checkWritten } from './written.ts';

/** Read by the builder itself: using them undeclared is no slip. */
const NEVER_SET = new Set(['BUILDKIT_SBOM_SCAN_CONTEXT', 'BUILDKIT_SBOM_SCAN_STAGE']);

/** Hands what the checks say of one instruction to `warn`; the scope then stands behind it. Throws what advance throws. */
export function checkInstruction(
  instruction: StageInstruction,
  scope: StageScope,
  kit: AdvanceKit & ContextRules,
  warn: (...warnings: LintWarning[]) => void,
): void {
  warn(...checkWritten(instruction, scope));
  const expanded = advance(instruction, scope, {
    ...kit,
    onUnmatched: (names) => warn(...undefinedVariables(names, instruction, scope)),
  });
  warn(...checkExpanded(expanded, scope, kit));
}

/** UndefinedVar. */
function undefinedVariables(
  names: ReadonlySet<string>,
  instruction: StageInstruction,
  { env, args, baseUnknown }: StageScope,
): LintWarning[] {
  if (baseUnknown) return [];
  return [...names]
    .filter((name) => !args.has(name) && !NEVER_SET.has(name))
    .map((name) => {
      const match = suggest(name, env.keys());
      const suggestion = didYouMean(match === undefined ? undefined : `$${match}`);
      return lintWarning(LINT_RULES.undefinedVar, instruction, name, suggestion);
    });
}
